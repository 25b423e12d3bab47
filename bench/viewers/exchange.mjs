import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A connection that has waited for longer may be closed by the proxy, after 5 s, in the moment when it is used again: on a machine
 * so busy that a process stands still for a second, earlier too. Browsers ask once more then; here nothing is asked again, so
 * that nothing else is taken for that. Where the machine may be that busy, the proxy is to be told to wait (`PATIENT_PROXY` in
 * `server/tests/load.ts`).
 */
const KEPT_MS = 4_000;
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
export function exchange(
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
    const failed = error => reject(new Error(limit.aborted ? 'timed out' : (error.code ?? error.message)));
    outgoing.on('error', failed);
    outgoing.on('response', incoming =>
      read(incoming, pauseMs, enough).then(
        ({ bytes, text }) => resolve({ status: incoming.statusCode, headers: incoming.headers, bytes, text }),
        failed
      )
    );
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
