import { randomUUID } from 'node:crypto';

import { WebSocket } from 'ws';

const ANSWER_MS = 20_000;

/** Base URL and kernel that a Voila page names in its configuration, or null for any other page. */
export function voilaPage(html) {
  const match = /<script id="jupyter-config-data" type="application\/json">\s*(\{.*?\})\s*<\/script>/s.exec(html);
  const config = match ? JSON.parse(match[1]) : {};
  return config.kernelId ? { baseUrl: config.baseUrl, kernelId: config.kernelId } : null;
}

/**
 * Moves the slider of the sample's page as its JavaScript would, through the kernel's WebSocket, and waits until the
 * kernel has sent a result that contains `expected`.
 *
 * @param {import('./visitor.mjs').Visitor} visitor
 * @param {{ url: string, text: string }} page
 * @param {number} value
 * @param {string} expected
 * @returns {Promise<string>} the text that the kernel has computed
 */
export async function moveSlider(visitor, page, value, expected) {
  const { baseUrl, kernelId } = voilaPage(page.text);
  const url = new URL(`${baseUrl}api/kernels/${kernelId}/channels?session_id=${randomUUID()}`, page.url);
  url.protocol = 'ws:';
  const socket = new WebSocket(url, {
    headers: { cookie: visitor.cookieHeader(url), origin: new URL(page.url).origin }
  });
  try {
    return await converse(socket, value, expected);
  } finally {
    socket.close();
  }
}

function converse(socket, value, expected) {
  const control = randomUUID();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The kernel sent no result within ${ANSWER_MS / 1_000} s.`)),
      ANSWER_MS
    );
    const settle = act => result => {
      clearTimeout(timer);
      act(result);
    };
    socket.on('error', settle(reject));
    socket.on('close', code => settle(reject)(new Error(`The WebSocket was closed (code ${code}).`)));
    socket.on('open', () => {
      send(socket, 'comm_open', { comm_id: control, target_name: 'jupyter.widget.control', data: {} }, WIDGETS);
      send(socket, 'comm_msg', { comm_id: control, data: { method: 'request_states' } });
    });
    socket.on('message', raw => {
      const { header, content } = JSON.parse(raw.toString());
      if (header.msg_type !== 'comm_msg') {
        return;
      }
      const { method, states, state } = content.data;
      if (content.comm_id === control && method === 'update_states') {
        send(socket, 'comm_msg', {
          comm_id: slider(states),
          data: { method: 'update', state: { value }, buffer_paths: [] }
        });
      } else if (method === 'update' && typeof state.value === 'string' && state.value.includes(expected)) {
        settle(resolve)(state.value);
      }
    });
  });
}

const WIDGETS = { version: '1.0.0' };

function slider(states) {
  return Object.keys(states).find(id => states[id].model_name === 'IntSliderModel');
}

function send(socket, type, content, metadata = {}) {
  const header = {
    msg_id: randomUUID(),
    msg_type: type,
    session: randomUUID(),
    username: '',
    date: new Date().toISOString(),
    version: '5.3'
  };
  socket.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata, content, buffers: [] }));
}
