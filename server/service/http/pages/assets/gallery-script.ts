import { XSRF } from '../../../../contract';
import { WHILE_IN_SIGHT_SCRIPT } from '../../../../pages/in-sight';

/**
 * The gallery's: live state, search while typing, start and stop without a new page. What is shown is always what the
 * server has written: the page is fetched anew, and the cards that have changed are put in the place of the old ones.
 */
export const GALLERY_SCRIPT = `'use strict';
(() => {${WHILE_IN_SIGHT_SCRIPT}
  const main = document.querySelector('main');
  const find = document.querySelector('form.find');
  const xsrf = document.querySelector('meta[name="${XSRF.meta}"]');
  const notice = document.getElementById('notice');
  const said = document.getElementById('said');
  const byId = id => document.getElementById('dashboard-' + id);
  const say = text => { said.textContent = text; };
  const warn = text => { notice.textContent = text; notice.hidden = !text; };
  const badge = card => card.querySelector('.badge').textContent.trim();
  let asked = 0;
  // Signing out ends at the Hub: no reload may get in the way.
  let leaving = false;
  document.querySelector('form.sign-out').addEventListener('submit', () => { leaving = true; });

  // Where the focus is, in words that also find it in new markup.
  const remember = () => {
    const control = document.activeElement;
    const card = control && control.closest('.card');
    return card && { id: card.id, control: control.dataset.control };
  };
  const restore = place => {
    const card = place && !document.activeElement.closest('.card') && document.getElementById(place.id);
    if (!card) return;
    const control = ['[data-control="' + place.control + '"]', 'button', 'a'].map(one => card.querySelector(one)).find(Boolean);
    if (control) control.focus();
  };

  function take(page) {
    const [before, after] = [document, page].map(one => one.getElementById('results'));
    const [old, fresh] = [before, after].map(one => [...one.querySelectorAll('.card')]);
    const news = fresh.flatMap(card => {
      const known = document.getElementById(card.id);
      return known && badge(known) !== badge(card) ? [card.dataset.name + ': ' + badge(card)] : [];
    });
    const place = remember();
    if (old.length === fresh.length && old.length > 0 && old.every((card, at) => card.id === fresh[at].id)) {
      old.forEach((card, at) => card.outerHTML === fresh[at].outerHTML || card.replaceWith(fresh[at]));
      before.querySelector('.found').textContent = after.querySelector('.found').textContent;
    } else {
      before.replaceWith(after);
      news.push(after.querySelector('.found').textContent);
    }
    restore(place);
    if (news.length > 0) say(news.join('. '));
  }

  async function refresh() {
    const turn = ++asked;
    try {
      const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store', redirect: 'manual' });
      if (response.type === 'opaqueredirect') {
        if (!leaving) location.reload(); // Signed out elsewhere.
      } else if (response.ok && turn === asked) {
        take(new DOMParser().parseFromString(await response.text(), 'text/html'));
      }
    } catch {
      // The event stream is gone as well, and refreshes when it is back.
    }
  }

  let due = 0;
  const soon = ms => {
    clearTimeout(due);
    due = setTimeout(refresh, ms);
  };
  // Under many changes the page is fetched now and then, not after the last of them.
  let waiting = false;
  const changed = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => { waiting = false; refresh(); }, 250);
  };

  const search = () => {
    const url = new URL(find.action);
    for (const [name, value] of new FormData(find)) if (value) url.searchParams.set(name, value);
    history.replaceState(null, '', url);
    for (const link of document.querySelectorAll('.filters a')) {
      const target = new URL(link.href);
      target.searchParams.delete('search');
      if (find.search.value) target.searchParams.set('search', find.search.value);
      link.href = target;
    }
  };
  find.addEventListener('input', () => { search(); soon(150); });
  find.addEventListener('submit', event => { event.preventDefault(); search(); soon(0); });

  main.addEventListener('submit', async event => {
    const { api, question } = event.target.dataset;
    if (!api || !xsrf) return;
    event.preventDefault();
    if (question && !confirm(question)) return;
    const button = event.target.querySelector('button');
    // Not \`disabled\`: that would take the focus from it.
    if (button.ariaDisabled) return;
    button.ariaDisabled = 'true';
    warn('');
    try {
      const response = await fetch(api, { method: 'POST', headers: { '${XSRF.header}': xsrf.content } });
      if (!response.ok) {
        const { error } = await response.json();
        warn([error.message, error.fix].filter(Boolean).join(' '));
      }
      await refresh();
    } catch {
      warn('The dashboards service does not answer. Try again in a moment.');
    }
    button.ariaDisabled = null;
  });

  let events = null;
  let seen = false;
  let lost = 0;
  const away = ms => {
    lost = lost || setTimeout(() => warn('No connection to the dashboards service. What you see may be old; it comes back by itself.'), ms);
  };
  const quiet = () => {
    if (events) events.close();
    events = null;
  };
  function listen() {
    quiet();
    const own = events = new EventSource(main.dataset.events);
    own.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.kind === 'ready' && lost) {
        clearTimeout(lost);
        lost = 0;
        warn('');
      }
      const shown = byId(event.dashboard ? event.dashboard.id : event.id);
      const first = !new URL(location.href).searchParams.has('cursor');
      if (event.kind === 'ready' || event.kind === 'reset' || shown || (event.kind === 'dashboard' && first)) changed();
    };
    own.onerror = () => {
      away(5000);
      // Refused for now: signed out, or the service is being restarted.
      if (own.readyState === EventSource.CLOSED) setTimeout(() => { if (own === events) { refresh(); listen(); } }, 3000);
    };
  }
  // A phone that changes networks, or wakes, may hold a connection on which nothing comes any more.
  addEventListener('offline', () => { quiet(); away(0); });
  addEventListener('online', () => { if (seen) listen(); });
  // What happened meanwhile is read when the stream has begun.
  whileInSight(() => { seen = true; listen(); }, () => { seen = false; quiet(); });
})();
`;
