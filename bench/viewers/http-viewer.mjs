import { setTimeout as delay } from 'node:timers/promises';

import { exchange, keptConnections } from './exchange.mjs';
import { createRandom } from '../random.mjs';
import { talk } from './socket-viewer.mjs';

const MEGABYTE = 1_000_000;
const FETCH = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' };

/** What a page may do, each as often as it stands here. Each says what the answer has to be. */
const REQUESTS = {
  asset: random => {
    const number = random.between(0, 9);
    return {
      path: `asset/${number}`,
      right: ({ bytes, text }) => bytes === 30_000 && text.startsWith(`${number}${number}`)
    };
  },
  callback: random => {
    const given = { growth: random.between(0, 100) };
    return {
      path: 'callback',
      method: 'POST',
      body: [Buffer.from(JSON.stringify(given))],
      right: ({ text }) => JSON.parse(text).given.growth === given.growth
    };
  },
  'long poll': random => ({
    path: `wait?ms=${random.between(500, 4_000)}`,
    right: ({ text }) => text.includes('edition')
  }),
  download: random => {
    const megabytes = random.between(2, 6);
    const length = random.one(['known', 'unknown']);
    return {
      path: `download?megabytes=${megabytes}&length=${length}`,
      pauseMs: random.between(0, 30),
      right: ({ bytes }) => bytes === megabytes * MEGABYTE
    };
  },
  upload: random => {
    const body = Array.from({ length: random.between(2, 30) }, () => Buffer.alloc(100_000));
    return {
      path: 'upload',
      method: 'PUT',
      body,
      pauseMs: random.between(0, 150),
      right: ({ text }) => JSON.parse(text).received === body.length * 100_000
    };
  },
  'events, left': random => {
    let left = random.between(2, 10);
    return { path: 'events', enough: () => --left <= 0, right: ({ text }) => text.startsWith('data: edition') };
  }
};
const MIX = [
  'asset',
  'asset',
  'asset',
  'asset',
  'callback',
  'callback',
  'callback',
  'long poll',
  'download',
  'upload',
  'events, left',
  'socket'
];

/**
 * Opens the dashboard again and again, by its link or its server's root, and does on each page what pages do.
 *
 * @param {object} viewer
 * @param {import('../../scripts/demo/visitor.mjs').Visitor} viewer.visitor signed in
 * @param {import('./pages.mjs').Pages} viewer.pages
 * @param {number} viewer.seed
 * @param {(version: number) => void} viewer.landed is told of each page
 */
export async function watchByHttp({ visitor, pages, seed, landed }) {
  const random = createRandom(seed);
  const agent = keptConnections();
  const { signal, tally } = pages;
  let root;
  try {
    while (!signal.aborted) {
      const page = await pages.open(visitor, root === undefined || random.between(1, 3) === 1 ? undefined : root);
      if (page === null) {
        await pause(500, signal);
        continue;
      }
      landed(page.version);
      root ??= new URL('../../', page.url).href;
      for (let rest = random.between(3, 10); rest > 0 && !signal.aborted; rest--) {
        const what = random.one(MIX);
        if (what === 'socket') {
          await talk({ visitor, page, pages, random, messages: random.between(1, 5) });
        } else {
          await fetchPart({ visitor, agent, page, what, tally, signal }, REQUESTS[what](random));
        }
        await pause(random.between(0, 1_000), signal);
      }
    }
  } finally {
    agent.destroy();
  }
}

/** One request of a page, which stays with the version that the page is of. @returns {Promise<boolean>} whether it was answered */
export async function fetchPart(
  { visitor, agent, page: { version, url }, what, tally, signal },
  { path, right, ...how }
) {
  const target = new URL(path, url);
  const headers = { ...FETCH, origin: url.origin, cookie: visitor.cookieHeader(target) };
  try {
    const answer = await exchange(target, { agent, signal, headers, ...how });
    if (answer.status !== 200) {
      tally.bad(what, version, `status ${answer.status}: ${answer.text.slice(0, 200)}`);
    } else if (answer.headers['x-edition'] !== `edition ${version}`) {
      tally.bad(what, version, `answered by ${answer.headers['x-edition']}`);
    } else if (!right(answer)) {
      tally.bad(what, version, `a wrong answer of ${answer.bytes} bytes`);
    } else {
      tally.good(what);
      return true;
    }
  } catch (error) {
    if (!signal.aborted) {
      tally.bad(what, version, error.message);
    }
  }
  return false;
}

/** Does not outlast `signal`. */
export function pause(ms, signal) {
  return delay(ms, undefined, { signal }).catch(() => undefined);
}
