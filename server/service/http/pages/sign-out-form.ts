import { html, type Html } from '../../../pages/html';
import type { SignedIn } from '../../access/viewers';
import type { Context } from '../../context';
import { xsrfField } from './forms';

/** The button that signs out. */
export function signOutForm(context: Context, session: SignedIn): Html {
  return html`<form class="sign-out" method="post" action="${context.addresses.prefix}logout">
    ${xsrfField(context, session, 'sign-out')}
    <button>Sign out</button>
  </form>`;
}

/** The same, and this address is opened again for somebody else. */
export function switchForm(context: Context, session: SignedIn): Html {
  const { hubUrl, prefix } = context.addresses;
  return html`<form method="post" action="${prefix}logout" data-hub="${hubUrl}logout">
    ${xsrfField(context, session, 'sign-out')}
    <button>Sign in as somebody else</button>
  </form>`;
}
