import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { ActionRunner } from '../actions/runner';
import { dashboardIcon } from '../icons';
import type { IDashboards } from '../tokens';
import { PanelModel } from './panel-model';
import { PanelView } from './panel-view';

interface PanelOptions {
  dashboards: IDashboards;
  commands: CommandRegistry;
  runner: ActionRunner;
  trans: TranslationBundle;
}

/** The side panel. Listens to the service only while it is in sight. */
export class DashboardsPanel extends ReactWidget {
  constructor(options: PanelOptions) {
    super();
    this._options = options;
    this._model = new PanelModel(options.dashboards);
    this.addClass('jp-DashboardsPanel');
    this.title.icon = dashboardIcon;
    this.title.caption = options.trans.__('Dashboards');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', options.trans.__('Dashboards'));
  }

  override dispose(): void {
    this._watching?.dispose();
    this._watching = null;
    this._model.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return <PanelView {...this._options} model={this._model} />;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._watch();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._watch();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._watching?.dispose();
    this._watching = null;
  }

  /** The person has gone to the panel: so does the keyboard. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('[role=tab][aria-selected=true], button')?.focus();
  }

  private _watch(): void {
    this._watching ??= this._options.dashboards.watch();
  }

  private readonly _options: PanelOptions;
  private readonly _model: PanelModel;
  private _watching: IDisposable | null = null;
}
