import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { IDashboards } from '../tokens';
import { PublishView, type Occasion } from './publish-view';

interface PublishDialogOptions {
  dashboards: IDashboards;
  /** Reads what the dialog has to know; called again when the person tries again. */
  load: () => Promise<Occasion>;
  trans: TranslationBundle;
}

/** Show the dialog. Resolves when it is closed; a build that was started goes on. */
export async function showPublishDialog({ dashboards, load, trans }: PublishDialogOptions): Promise<void> {
  const watching = dashboards.watch();
  const body = ReactWidget.create(
    <PublishView
      dashboards={dashboards}
      load={load}
      onClose={() => dialog.reject()}
      onScreen={() => dialog.focusFirst()}
      trans={trans}
    />
  );
  body.addClass('jp-DashboardsPublish');
  const dialog = new PublishDialog({ title: trans.__('Publish as dashboard'), body, buttons: [], hasClose: true });
  dialog.addClass('jp-DashboardsDialog');
  try {
    await dialog.launch();
  } finally {
    watching.dispose();
  }
}

const FOCUSABLE =
  'button:not(:disabled), input:not(:disabled), select:not(:disabled), a[href], summary, [tabindex]:not([tabindex="-1"])';

/** A modal dialog whose content decides what its buttons and the Enter key do. */
class PublishDialog extends Dialog<unknown> {
  /** Move the focus to the main action, unless it already is somewhere in the content. */
  focusFirst(): void {
    const content = this.node.querySelector('.jp-DashboardsPublish');
    if (content !== null && !content.contains(document.activeElement)) {
      const main = content.querySelector<HTMLElement>('.jp-mod-accept:not(:disabled)');
      (main ?? content.querySelector<HTMLElement>(FOCUSABLE))?.focus();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    document.addEventListener('keydown', this._onStrayKey, true);
  }

  protected override onAfterDetach(message: Message): void {
    document.removeEventListener('keydown', this._onStrayKey, true);
    super.onAfterDetach(message);
  }

  protected override _evtKeydown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      super._evtKeydown(event);
    } else if (event.key === 'Tab') {
      this._keepFocus(event);
    }
  }

  protected override _evtFocus(event: FocusEvent): void {
    if (!(event.target instanceof Node && this.node.contains(event.target))) {
      event.stopPropagation();
      this._focusable()[0]?.focus();
    }
  }

  /** Tab on the last control goes to the first, and the other way round. */
  private _keepFocus(event: KeyboardEvent): void {
    const all = this._focusable();
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (document.activeElement === from || !this.node.contains(document.activeElement)) {
      event.preventDefault();
      to?.focus();
    }
  }

  /** The control that had the focus may be disabled or gone by now. The keyboard still belongs to the dialog. */
  private readonly _onStrayKey = (event: KeyboardEvent): void => {
    if (!this.node.contains(document.activeElement)) {
      this._evtKeydown(event);
    }
  };

  private _focusable(): HTMLElement[] {
    const all = Array.from(this.node.querySelectorAll<HTMLElement>(FOCUSABLE));
    return all.filter(element => element.getClientRects().length > 0);
  }
}
