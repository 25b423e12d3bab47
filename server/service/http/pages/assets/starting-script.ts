/** The waiting page's: asks for the dashboard's state, says what is being done, and goes on when it answers. */
export const STARTING_SCRIPT = `'use strict';
(() => {
  const { state, since } = document.querySelector('[data-state]').dataset;
  const step = document.getElementById('step');
  const elapsed = document.getElementById('elapsed');
  const begun = Date.now() - Number(since) * 1000;
  let wait = 250;
  const tick = () => {
    const seconds = Math.round((Date.now() - begun) / 1000);
    const minutes = Math.floor(seconds / 60);
    elapsed.textContent = minutes > 0 ? minutes + ' min ' + (seconds % 60) + ' s' : seconds + ' s';
  };
  async function look() {
    try {
      const response = await fetch(state, { cache: 'no-store', redirect: 'manual' });
      const reply = response.ok ? await response.json() : null;
      if (reply && reply.state === 'open') {
        location.replace(reply.url);
        return;
      }
      if (reply && reply.state === 'starting') {
        if (step.textContent !== reply.step) step.textContent = reply.step;
      } else if (response.status < 500) {
        location.reload();
        return;
      }
    } catch {
      // The service is away for a moment: the next look tells.
    }
    wait = Math.min(wait * 1.2, 2000);
    setTimeout(look, wait);
  }
  elapsed.parentElement.hidden = false;
  tick();
  setInterval(tick, 1000);
  setTimeout(look, wait);
})();
`;
