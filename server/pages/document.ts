import { html, type Html } from './html';

export interface PageDocument {
  title: string;
  /** Address of the style. */
  style: string;
  /** What else stands in the document's head. */
  head?: Html | null;
  body: Html;
}

/** What all pages have around them. */
export function pageDocument({ title, style, head = null, body }: PageDocument): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="${style}" />
        ${head}
      </head>
      <body>
        ${body}
      </body>
    </html> `;
}

/** No picture in the tab, and no request for one. */
export const NO_ICON = html`<link rel="icon" href="data:," />`;
