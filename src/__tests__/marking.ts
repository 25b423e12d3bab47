import type { TranslationBundle } from '@jupyterlab/translation';

/** A language in which every message stands between marks. What is put into one, such as a name, does not. */
export const marking = {
  __: (message, ...values) => mark(message, values),
  _n: (one, many, n, ...values) => mark(n === 1 ? one : many, [n, ...values])
} satisfies Partial<TranslationBundle> as unknown as TranslationBundle;

function mark(message: string, values: readonly unknown[]): string {
  return `«${message.replace(/%(\d)/g, (_place, n: string) => `»${String(values[Number(n) - 1])}«`)}»`;
}

/** What a person reads or has read out beside the text itself. */
const SPOKEN = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'];

/**
 * Times are written by the browser, in the page's language, also those that lines of a log have for a title; the close button
 * is JupyterLab's own.
 */
const OF_OTHERS = 'time, style, svg, .jp-DashboardsLog-line, .jp-Dialog-close-button';

/** Letters of no language of its own: names of products, links, sizes, and what a command line is made of. */
const WITHOUT_LANGUAGE = /https?:\S+|\b(?:Voila|Streamlit|MB)\b|\{\w+\}|--[\w-]+/gu;

/** Texts with Latin letters that no message in {@link marking} has brought there. Names in a test are in other letters. */
export function unmarked(root: ParentNode): string[] {
  const found: string[] = [];
  const look = (text: string) => {
    const rest = text.replace(/«[^«»]*»/gu, '').replace(WITHOUT_LANGUAGE, '');
    if (/\p{Script=Latin}/u.test(rest)) {
      found.push(text);
    }
  };
  for (const element of root.querySelectorAll('*')) {
    if (element.closest(OF_OTHERS) === null) {
      SPOKEN.forEach(name => look(element.getAttribute(name) ?? ''));
      element.childNodes.forEach(node => node.nodeType === Node.TEXT_NODE && look(node.textContent ?? ''));
    }
  }
  return found;
}
