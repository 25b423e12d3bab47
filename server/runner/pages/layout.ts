import { RUNNER_SEGMENT } from '../../contract/names';
import { html, type Html } from '../../pages/html';
import { STYLE_NAME } from './assets';

/** The frame of every page of the runner. `prefix` is the server's path, `head` goes into the document's head. */
export function layout(prefix: string, title: string, body: Html, head: Html | null = null): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="${prefix}${RUNNER_SEGMENT}/assets/${STYLE_NAME}" />
        ${head}
      </head>
      <body>
        ${body}
      </body>
    </html> `;
}
