import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { Problem } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import { PageSight } from '../dashboards/page-sight';
import { dashboardIcon } from '../icons';
import type { IDashboards } from '../tokens';
import { LogModel } from './log-model';
import { LogView } from './log-view';

interface LogOptions {
  dashboards: IDashboards;
  /** Of the dashboard. */
  id: string;
  /** As it was when the log was opened; a change is taken up. */
  name: string;
  initial: { follow: boolean; wrap: boolean };
  trans: TranslationBundle;
}

/** The lines of a log. Listens only while it is in sight. */
class LogContent extends ReactWidget {
  constructor(options: LogOptions) {
    super();
    const { dashboards, id, trans } = options;
    this._options = options;
    this._model = new LogModel({ dashboards, id, toProblem: error => logProblem(error, trans) });
    this._sight.changed.connect(this._look, this);
    this.addClass('jp-DashboardsLog');
  }

  override dispose(): void {
    this._sight.dispose();
    this._model.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    const { dashboards, id, initial, trans } = this._options;
    return (
      <LogView
        model={this._model}
        loadVersions={() => dashboards.versions(id)}
        initial={initial}
        onDownload={() => this._download()}
        trans={trans}
      />
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._look();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._look();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._look();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('[role=log]')?.focus();
  }

  /** In sight are both the browser's tab and Lab's. */
  private _look(): void {
    if (this.isVisible && this._sight.isInSight) {
      this._model.open();
    } else {
      this._model.close();
    }
  }

  /** The browser cannot send the token with a link, so the file comes first and the link to it after. */
  private async _download(): Promise<void> {
    const { dashboards, id, name } = this._options;
    const { version } = this._model;
    const file = await dashboards.downloadLog(id, version === null ? {} : { version: String(version) });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    const slug = dashboards.get(id)?.slug ?? name;
    link.download = version === null ? `${slug}-log.txt` : `${slug}-v${version}-log.txt`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  private readonly _options: LogOptions;
  private readonly _model: LogModel;
  private readonly _sight = new PageSight();
}

/** Logs are for owners alone: for them a dashboard that is not there has been deleted. */
function logProblem(error: unknown, trans: TranslationBundle): Problem {
  const problem = toProblem(error, trans);
  return problem.code === 'not_found'
    ? {
        code: 'not_found',
        message: trans.__('This dashboard has been deleted, and its log with it.'),
        fix: trans.__('Close this tab.')
      }
    : problem;
}

/** A tab of the main area with the log of one dashboard. */
export class LogWidget extends MainAreaWidget<ReactWidget> {
  constructor(options: LogOptions) {
    super({ content: new LogContent(options) });
    this._options = options;
    this.dashboardId = options.id;
    this.id = `dashboards-log-${options.id}`;
    this.title.icon = dashboardIcon;
    this.title.closable = true;
    this.toolbar.hide();
    this._name = options.name;
    this._setTitle();
    options.dashboards.changed.connect(this._setTitle, this);
  }

  /** Of the dashboard whose log this is. */
  readonly dashboardId: string;

  get dashboardName(): string {
    return this._name;
  }

  override dispose(): void {
    this._options.dashboards.changed.disconnect(this._setTitle, this);
    super.dispose();
  }

  private _setTitle(): void {
    const { dashboards, id, trans } = this._options;
    this._name = dashboards.get(id)?.name ?? this._name;
    this.title.label = trans.__('Log: %1', this._name);
  }

  private readonly _options: LogOptions;
  private _name: string;
}
