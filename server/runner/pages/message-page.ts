import { html, type Html } from '../../pages/html';
import { layout } from './layout';

/** One thing to say to a person. */
export interface PageMessage {
  title: string;
  /** What is the matter, in a plain sentence. */
  message: string;
  /** What to do next. */
  fix?: string | undefined;
  /** The failing lines, for the owner. */
  detail?: string | undefined;
  action?: { label: string; href: string } | undefined;
}

/** A page that says one thing. */
export function messagePage(prefix: string, { title, message, fix, detail, action }: PageMessage): Html {
  return layout(
    prefix,
    title,
    html`<main class="state">
      <h1>${title}</h1>
      <p>${message}</p>
      ${fix === undefined ? null : html`<p>${fix}</p>`}
      ${detail === undefined ? null : html`<pre class="log">${detail}</pre>`}
      ${action === undefined ? null : html`<div class="actions"><a class="button primary" href="${action.href}">${action.label}</a></div>`}
    </main>`
  );
}
