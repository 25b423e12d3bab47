import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Connections that have waited for longer are given up; the proxy does so after 5 s. */
const KEPT_MS = 4_000;
/**
 * One that has waited for longer may be closed by the proxy in the moment when it is used again, on a busy machine: browsers
 * ask once more then. A connection that was used a moment ago is closed for no such reason.
 */
const IDLE_MS = 3_000;
/** When each connection was used last. */
const used = new WeakMap();
/** No answer is this slow unless something is wrong. */
const PATIENCE_MS = 30_000;

/** Connections of one viewer, who keeps them for a while. */
export function keptConnections() {
  return new Agent({ keepAlive: true, timeout: KEPT_MS });
}

/**
 * One request on a connection that is kept, its body sent and its answer read as slowly as is asked for.
 *
 * @param {URL} url
 * @param {object} how
 * @param {import('node:http').Agent} how.agent
 * @param {AbortSignal} how.signal
 * @param {string} [how.method]
 * @param {Record<string, string>} how.headers
 * @param {Buffer[]} [how.body] pieces
 * @param {number} [how.patienceMs] until the whole answer is there
 * @param {number} [how.pauseMs] after each piece of the body, or of the answer
 * @param {(piece: Buffer) => boolean} [how.enough] whether to leave, asked after each piece of the answer
 * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, bytes: number, text: string }>}
 */
export async function exchange(url, how) {
  try {
    return await once(url, how);
  } catch (error) {
    if (!error.idle) {
      throw error;
    }
    return once(url, how);
  }
}

function once(
  url,
  { agent, signal, method = 'GET', headers, body = [], patienceMs = PATIENCE_MS, pauseMs = 0, enough }
) {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(patienceMs);
    const length = body.length > 0 ? { 'content-length': body.reduce((sum, one) => sum + one.length, 0) } : {};
    const outgoing = request(url, {
      agent,
      method,
      headers: { ...headers, ...length },
      signal: AbortSignal.any([signal, limit])
    });
    let waited = 0;
    let answered = false;
    const failed = error => {
      const idle = error.code === 'ECONNRESET' && !answered && waited > IDLE_MS;
      reject(Object.assign(new Error(limit.aborted ? 'timed out' : (error.code ?? error.message)), { idle }));
    };
    outgoing.on('socket', socket => (waited = performance.now() - (used.get(socket) ?? performance.now())));
    outgoing.on('error', failed);
    outgoing.on('response', incoming => {
      answered = true;
      const { socket } = incoming;
      read(incoming, pauseMs, enough).then(({ bytes, text }) => {
        used.set(socket, performance.now());
        resolve({ status: incoming.statusCode, headers: incoming.headers, bytes, text });
      }, failed);
    });
    send(outgoing, body, pauseMs).catch(failed);
  });
}

async function send(outgoing, body, pauseMs) {
  for (const piece of body) {
    if (outgoing.destroyed) {
      return;
    }
    outgoing.write(piece);
    await delay(pauseMs);
  }
  outgoing.end();
}

async function read(incoming, pauseMs, enough) {
  let bytes = 0;
  let text = '';
  for await (const piece of incoming) {
    bytes += piece.length;
    text = text.length < 1_000 ? text + piece.toString('latin1') : text;
    if (enough?.(piece)) {
      break;
    }
    if (pauseMs > 0) {
      await delay(pauseMs);
    }
  }
  if (enough === undefined && !incoming.complete) {
    throw new Error('the answer was cut off');
  }
  return { bytes, text };
}
