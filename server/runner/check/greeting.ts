import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { CHECK_GREETING } from '../../contract';
import { refuseUpgrade } from '../proxy/upgrade';

/** Of RFC 6455. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT_FRAME = 0x81;

/** Opens a WebSocket, waits for the first bytes of the other side, greets it, and closes: both directions work. */
export function greet(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const key = request.headers['sec-websocket-key'];
  if (!key) {
    return refuseUpgrade(socket, 400, 'The key of the WebSocket is missing.');
  }
  socket.on('error', () => socket.destroy());
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${createHash('sha1')
        .update(key + GUID)
        .digest('base64')}`,
      '\r\n'
    ].join('\r\n')
  );
  const text = Buffer.from(CHECK_GREETING);
  const send = () => socket.write(Buffer.concat([Buffer.from([TEXT_FRAME, text.length]), text]));
  if (head.length > 0) {
    send();
  } else {
    socket.once('data', send);
  }
}
