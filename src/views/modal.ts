import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import type * as React from 'react';

import { FOCUSABLE } from './focusable';

/** What the content of a dialog can do with the dialog. */
export interface DialogHandle {
  close: () => void;
  /** Move the focus to the main control, after what is shown has changed as a whole. */
  focusFirst: () => void;
}

interface ContentOptions {
  title: string;
  /** Class of the content, besides the one that all have. */
  className: string;
  /** Called once; what changes is the content's own state. */
  render: (dialog: DialogHandle) => React.JSX.Element;
}

/** Show a dialog whose content has its own buttons. Resolves when it is closed; the focus is then where it was before. */
export async function showContent({ title, className, render }: ContentOptions): Promise<void> {
  const body = ReactWidget.create(render({ close: () => dialog.reject(), focusFirst: () => dialog.focusFirst() }));
  body.addClass('jp-DashboardsContent');
  body.addClass(className);
  const dialog: ContentDialog = new ContentDialog({ title, body, buttons: [], hasClose: true });
  dialog.addClass('jp-DashboardsDialog');
  await dialog.launch();
}

/** A modal dialog whose content decides what its buttons and the Enter key do. */
class ContentDialog extends Dialog<unknown> {
  /** Move the focus to the main action, unless it already is somewhere in the content. */
  focusFirst(): void {
    const content = this.node.querySelector('.jp-DashboardsContent');
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
    if (event.target instanceof HTMLElement && this.node.contains(event.target)) {
      this._focused = event.target;
      return;
    }
    // Something behind the dialog has taken it, such as a document that is ready only now: whoever types goes on.
    event.stopPropagation();
    this._focused?.focus();
    if (!this.node.contains(document.activeElement)) {
      this.focusFirst();
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

  /** What has the focus, or had it before something outside took it. */
  private _focused: HTMLElement | null = null;

  private _focusable(): HTMLElement[] {
    const all = Array.from(this.node.querySelectorAll<HTMLElement>(FOCUSABLE));
    return all.filter(element => element.getClientRects().length > 0);
  }
}
