import { keptConnections } from './exchange.mjs';
import { fetchPart, pause } from './http-viewer.mjs';

/** Longer than an old version lets people in. */
const TRANSFER_MS = 75_000;
const PATIENCE_MS = 10 * 60_000;
const PIECE_MS = 100;
const PIECE = 60_000;

/** What takes long: a transfer goes on to its end, and a stream of events is followed until its version has ended. */
const REQUESTS = {
  'slow download': () => {
    const megabytes = Math.ceil((TRANSFER_MS / PIECE_MS) * 0.065);
    return {
      path: `download?megabytes=${megabytes}`,
      pauseMs: PIECE_MS,
      right: ({ bytes }) => bytes === megabytes * 1_000_000
    };
  },
  'slow upload': () => {
    const body = Array.from({ length: TRANSFER_MS / PIECE_MS }, () => Buffer.alloc(PIECE));
    return {
      path: 'upload',
      method: 'PUT',
      body,
      pauseMs: PIECE_MS,
      right: ({ text }) => JSON.parse(text).received === body.length * PIECE
    };
  },
  'events, to the end': () => ({ path: 'events', right: ({ text }) => text.startsWith('data: edition') })
};
const TURNS = Object.keys(REQUESTS);

/**
 * Opens the dashboard and does one thing that takes long; then again.
 *
 * @param {object} viewer as of `watchByHttp`
 * @param {number} viewer.turn which of them
 */
export async function watchSlowly({ visitor, pages, turn }) {
  const { signal, tally } = pages;
  const what = TURNS[turn % TURNS.length];
  const agent = keptConnections();
  while (!signal.aborted) {
    const page = await pages.open(visitor);
    const how = { patienceMs: PATIENCE_MS, ...REQUESTS[what]() };
    if (page === null || !(await fetchPart({ visitor, agent, page, what, tally, signal }, how))) {
      await pause(500, signal);
    } else if (what.startsWith('events')) {
      tally.drained++;
    }
  }
  agent.destroy();
}
