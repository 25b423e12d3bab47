import { Type } from 'typebox';

import { html, type Html } from '../../../pages/html';
import type { SignedIn } from '../../access/viewers';
import type { Context } from '../../context';
import type { App } from '../app';
import { xsrfToken, type XsrfPurpose } from '../xsrf';

const MAX_FORM = 8 * 1024;

/** What every form of our pages sends along. */
export const FORM_FIELDS = { xsrf: Type.String({ maxLength: 200 }) };

/** Bodies of forms, for the pages alone: the API takes JSON. */
export function acceptForms(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body))))
  );
}

/** The field that shows that a form comes from a page of ours. */
export function xsrfField(context: Context, session: SignedIn, purpose: XsrfPurpose): Html {
  return html`<input type="hidden" name="xsrf" value="${xsrfToken(context, session, purpose)}" />`;
}
