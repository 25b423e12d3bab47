/**
 * Signs out here and at the Hub, and opens this address again, where somebody else can sign in. Without it the form
 * signs out and ends at the Hub.
 */
export const SWITCH_SCRIPT = `'use strict';
(() => {
  const form = document.querySelector('form[data-hub]');
  form.addEventListener('submit', async event => {
    const hub = new URL(form.dataset.hub, location.href);
    if (hub.origin !== location.origin) return;
    event.preventDefault();
    const options = { redirect: 'manual', cache: 'no-store' };
    await fetch(form.action, { ...options, method: 'POST', body: new URLSearchParams(new FormData(form)) });
    await fetch(hub, options);
    location.reload();
  });
})();
`;
