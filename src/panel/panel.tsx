import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { dashboardIcon } from '../icons';
import type { IDashboards } from '../tokens';
import { PanelView } from './panel-view';

interface PanelOptions {
  dashboards: IDashboards;
  trans: TranslationBundle;
}

/** The side panel. Listens to the service only while it is in sight. */
export class DashboardsPanel extends ReactWidget {
  constructor(options: PanelOptions) {
    super();
    this._options = options;
    this.addClass('jp-DashboardsPanel');
    this.title.icon = dashboardIcon;
    this.title.caption = options.trans.__('Dashboards');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', options.trans.__('Dashboards'));
  }

  override dispose(): void {
    this._watching?.dispose();
    this._watching = null;
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return <PanelView {...this._options} />;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._watching ??= this._options.dashboards.watch();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._watching?.dispose();
    this._watching = null;
  }

  private readonly _options: PanelOptions;
  private _watching: IDisposable | null = null;
}
