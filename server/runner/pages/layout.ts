import { RUNNER_SEGMENT } from '../../contract/names';
import { pageDocument } from '../../pages/document';
import type { Html } from '../../pages/html';
import { STYLE_NAME } from './assets';

/** The frame of every page of the runner. `prefix` is the server's path, `head` goes into the document's head. */
export function layout(prefix: string, title: string, body: Html, head: Html | null = null): Html {
  return pageDocument({ title, style: `${prefix}${RUNNER_SEGMENT}/assets/${STYLE_NAME}`, head, body });
}
