import { setTimeout as delay } from 'node:timers/promises';

import { exchange, keptConnections } from '../viewers/exchange.mjs';

export const NAVIGATION = {
  accept: 'text/html,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none'
};
const PART = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' };
const VIEWERS = 4;
const PARTS = 20;
const PAUSE_MS = 100;

/**
 * A few viewers, each of whom is led to the live version again and again, and asks for parts of its page for a while.
 *
 * @param {object} seen
 * @param {import('../../scripts/demo/visitor.mjs').Visitor} seen.viewer who has a session
 * @param {URL} seen.root of the dashboard's server
 * @param {string} seen.part path of something that the framework has in every app
 * @param {AbortSignal} seen.signal
 */
export function startLightLoad({ viewer, root, part, signal }) {
  const over = new AbortController();
  const load = { answered: 0, failed: [], stop };
  const ended = AbortSignal.any([signal, over.signal]);
  const watching = Array.from({ length: VIEWERS }, () => watch());

  async function stop() {
    over.abort();
    await Promise.all(watching);
  }

  async function watch() {
    const agent = keptConnections();
    const ask = async (url, headers, right) => {
      try {
        const answer = await exchange(url, {
          agent,
          signal: ended,
          headers: { ...headers, cookie: viewer.cookieHeader(url) }
        });
        if (answer.status !== right) {
          load.failed.push(`${url.pathname}: status ${answer.status}`);
          return null;
        }
        load.answered++;
        return answer;
      } catch (error) {
        if (!ended.aborted) {
          load.failed.push(`${url.pathname}: ${error.message}`);
        }
        return null;
      }
    };
    while (!ended.aborted) {
      const led = await ask(root, NAVIGATION, 302);
      const page = new URL(led?.headers.location ?? '', root);
      for (let n = 0; n < PARTS && led !== null && !ended.aborted; n++) {
        await ask(new URL(part, page), PART, 200);
        await delay(PAUSE_MS, undefined, { signal: ended }).catch(() => undefined);
      }
    }
    agent.destroy();
  }

  return load;
}
