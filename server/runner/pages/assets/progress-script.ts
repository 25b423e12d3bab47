/**
 * The progress page's script: follows the event stream and reloads when the app answers. It writes text nodes only, so
 * that nothing in a log becomes markup.
 */
export const PROGRESS_SCRIPT = `'use strict';
(() => {
  const main = document.getElementById('progress');
  const log = document.getElementById('log');
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
      events.close();
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
  const events = new EventSource(main.dataset.events);
  let heard = performance.now();
  ['progress', 'lines', 'alive'].forEach(name => events.addEventListener(name, () => { heard = performance.now(); }));
  events.addEventListener('progress', event => show(JSON.parse(event.data)));
  events.addEventListener('lines', event => {
    const { lines, fresh } = JSON.parse(event.data);
    add(lines, fresh);
  });
  // Not merely interrupted but refused: signed out, asleep or moved. Opening the address again sorts that out.
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  };
  // A proxy may keep the stream open although the runner is gone.
  setInterval(() => {
    if (performance.now() - heard > 25000) location.reload();
  }, 5000);
})();
`;
