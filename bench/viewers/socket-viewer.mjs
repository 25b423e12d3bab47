import { WebSocket } from 'ws';

import { pause } from './http-viewer.mjs';
import { createRandom } from '../random.mjs';

const PATIENCE_MS = 30_000;
/** Said to WebSockets whose version has ended, in its time: the page is to be loaded anew. */
const SERVICE_RESTART = 1012;

/**
 * Opens the dashboard and talks to it through a WebSocket until its version is drained; then again.
 *
 * @param {object} viewer as of `watchByHttp`
 */
export async function watchBySocket({ visitor, pages, seed }) {
  const random = createRandom(seed);
  while (!pages.signal.aborted) {
    const page = await pages.open(visitor);
    if (page === null) {
      await pause(500, pages.signal);
    } else if ((await talk({ visitor, page, pages, random })) !== 'drained') {
      await pause(100, pages.signal);
    }
  }
}

/**
 * Opens a WebSocket of a page and says something again and again, `messages` times or until its version has ended.
 *
 * @returns {Promise<'drained' | 'left' | 'failed'>}
 */
export function talk({ visitor, page: { version, url }, pages, random, messages = Infinity }) {
  const { tally, signal } = pages;
  const target = new URL('socket', url);
  target.protocol = 'ws:';
  const headers = { cookie: visitor.cookieHeader(target) };
  const socket = new WebSocket(target, { origin: url.origin, headers, handshakeTimeout: PATIENCE_MS });
  return new Promise(resolve => {
    let timer;
    let said = 0;
    let outcome = null;
    const finish = (how, reason) => {
      if (outcome === null) {
        outcome = signal.aborted ? 'left' : how;
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        if (outcome === 'failed') {
          tally.bad('socket', version, reason);
        } else if (outcome === 'drained') {
          tally.drained++;
        }
        socket.terminate();
        resolve(outcome);
      }
    };
    const leave = () => finish('left');
    const say = () => {
      if (outcome === null && socket.readyState === WebSocket.OPEN) {
        timer = setTimeout(() => finish('failed', 'no echo'), PATIENCE_MS);
        socket.send(`${++said}`);
      }
    };
    signal.addEventListener('abort', leave);
    socket.on('open', () => {
      tally.good('socket opened');
      say();
    });
    socket.on('message', data => {
      clearTimeout(timer);
      const { edition, given } = JSON.parse(data);
      if (edition !== `edition ${version}` || given !== `${said}`) {
        finish('failed', `a wrong echo: ${data}`);
        return;
      }
      tally.good('echo');
      if (said >= messages) {
        finish('left');
      } else {
        timer = setTimeout(say, random.between(20, 400));
      }
    });
    socket.on('unexpected-response', (_, answer) => {
      answer.resume();
      finish('failed', `refused with ${answer.statusCode}`);
    });
    socket.on('error', error => finish('failed', error.code ?? error.message));
    socket.on('close', (code, reason) => {
      const early = pages.cutShort(version);
      if (code !== SERVICE_RESTART) {
        finish('failed', `closed with ${code} ${reason}`);
      } else if (early !== null) {
        finish('failed', `closed ${early} s too early`);
      } else {
        finish('drained');
      }
    });
  });
}
