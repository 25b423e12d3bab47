import { WHILE_IN_SIGHT_SCRIPT } from '../../../pages/in-sight';

/**
 * The progress page's script: follows the event stream and reloads when the app answers. It writes text nodes only, so
 * that nothing in a log becomes markup.
 */
export const PROGRESS_SCRIPT = `'use strict';
(() => {${WHILE_IN_SIGHT_SCRIPT}
  const main = document.getElementById('progress');
  const log = document.getElementById('log');
  let ended = false;
  const text = (id, value) => { document.getElementById(id).textContent = value || ''; };
  const show = state => {
    main.className = 'state ' + (state.failed ? 'failed' : 'under-way');
    text('message', state.message);
    text('fix', state.problem && state.problem.fix);
    text('detail', state.problem && state.problem.detail);
    const items = [...document.querySelectorAll('#steps li')];
    const current = items.findIndex(item => item.dataset.step === state.step);
    items.forEach((item, at) => {
      item.className = at < current ? 'done' : at === current ? 'current' : 'ahead';
    });
    if (state.ready) {
      ended = true;
      // An app that breaks down at once must not make the page flicker.
      setTimeout(() => location.reload(), performance.now() < 1500 ? 1000 : 0);
    }
  };
  const add = (lines, fresh) => {
    if (!log) return;
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 20;
    if (fresh) log.textContent = '';
    log.append(lines.map(line => line + '\\n').join(''));
    while (log.childNodes.length > 500) log.firstChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
  let events = null;
  let seen = false;
  let heard = 0;
  const quiet = () => {
    if (events) events.close();
    events = null;
  };
  const listen = () => {
    if (events || ended) return;
    const own = events = new EventSource(main.dataset.events);
    heard = performance.now();
    ['progress', 'lines', 'alive'].forEach(name => own.addEventListener(name, () => { heard = performance.now(); }));
    own.addEventListener('lines', event => {
      const { lines, fresh } = JSON.parse(event.data);
      add(lines, fresh);
    });
    own.addEventListener('progress', event => {
      const state = JSON.parse(event.data);
      show(state);
      if (!seen || state.ready) quiet();
    });
    // Not merely interrupted but refused: signed out, asleep or moved. Opening the address again sorts that out.
    own.onerror = () => {
      if (own.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
    };
  };
  whileInSight(() => { seen = true; listen(); }, () => { seen = false; quiet(); });
  // Out of sight the page still asks, so that the dashboard is there when its reader comes back.
  listen();
  setInterval(() => {
    const silence = performance.now() - heard;
    if (!events && !ended) {
      if (silence > 10000) listen();
    } else if (silence > 25000) {
      // A proxy may keep the stream open although the runner is gone.
      location.reload();
    }
  }, 5000);
})();
`;
