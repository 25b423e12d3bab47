import { WebSocket } from 'ws';

/** `BackMsg.rerun_script` with an empty state: what Streamlit's page sends first. */
const RUN_SCRIPT = Uint8Array.of((11 << 3) | 2, 0);
const SOCKET_MS = 10_000;

/**
 * Looks once. For Streamlit, whose page is the same for every app, the marker is what the script sends through the
 * WebSocket that the page opens; for the others it is in the body of the page.
 *
 * @param {import('./apps.mjs').App} app
 * @param {import('../../scripts/demo/visitor.mjs').Visitor} visitor
 * @param {string} url
 * @param {string} marker
 * @param {AbortSignal} signal
 * @returns {Promise<true | undefined>}
 */
export async function showsMarker(app, visitor, url, marker, signal) {
  let page;
  try {
    page = await visitor.open(url, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') {
      return undefined;
    }
    throw error;
  }
  if (!app.streamlit) {
    return page.status === 200 && page.text.includes(marker) ? true : undefined;
  }
  return page.status === 200 && page.text.includes('<title>Streamlit</title>')
    ? socketShowsMarker(visitor, page.url, marker)
    : undefined;
}

function socketShowsMarker(visitor, pageUrl, marker) {
  const url = new URL('_stcore/stream', pageUrl);
  url.protocol = 'ws:';
  const headers = { cookie: visitor.cookieHeader(url), origin: new URL(pageUrl).origin };
  const socket = new WebSocket(url, ['streamlit'], { headers, handshakeTimeout: SOCKET_MS });
  return new Promise(resolve => {
    const finish = found => {
      clearTimeout(timer);
      socket.close();
      resolve(found);
    };
    const timer = setTimeout(() => finish(undefined), SOCKET_MS);
    socket.on('open', () => socket.send(RUN_SCRIPT));
    socket.on('message', data => data.includes(marker) && finish(true));
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
  });
}
