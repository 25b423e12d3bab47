import { request as httpRequest, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Target } from '../engine';
import { flatten, headerPairs, type HeaderPair } from './hop-by-hop';
import { headersFromApp } from './response-headers';

/** A WebSocket on its way to an app. */
export interface UpgradePassage {
  request: IncomingMessage;
  /** The client's connection, and what it has sent already after the request's head. */
  socket: Duplex;
  head: Buffer;
  target: Target;
  path: string;
  headers: readonly HeaderPair[];
  /** The server's path; cookies of the app stay within it. */
  prefix: string;
}

/** Whether `request` asks for a WebSocket and for nothing beside it: a body or another protocol could hide a request. */
export function isWebSocketRequest(request: IncomingMessage): boolean {
  const { headers } = request;
  return (
    request.method === 'GET' &&
    headers.upgrade?.trim().toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) === 0
  );
}

/** Answers an upgrade request with an ordinary reply and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ error: { message } });
  writeHead(socket, status, STATUS_CODES[status] ?? '', [
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close']
  ]);
  socket.end(body, () => socket.destroy());
}

/**
 * Opens the WebSocket at the app and joins both connections once the app has said 101: before that, nothing of the
 * client's reaches it but the checked head. Any other answer is passed on as a reply, and the connection ends with it.
 */
export function passUpgrade({ request, socket, head, target, path, headers, prefix }: UpgradePassage): void {
  const outgoing = httpRequest({
    host: target.host,
    port: target.port,
    path,
    method: 'GET',
    headers: flatten([...headers, ['Connection', 'Upgrade'], ['Upgrade', 'websocket']]),
    setHost: false,
    agent: false
  });
  const abandon = (): void => void outgoing.destroy();
  socket.once('close', abandon);
  socket.on('error', abandon);

  outgoing.on('upgrade', (reply, appSocket, appHead) => {
    socket.off('close', abandon);
    if (socket.destroyed) {
      appSocket.destroy();
      return;
    }
    writeHead(socket, 101, 'Switching Protocols', [
      ...headersFromApp(headerPairs(reply.rawHeaders), prefix),
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket']
    ]);
    socket.write(appHead);
    appSocket.write(head);
    join(socket, appSocket);
  });
  outgoing.on('response', reply => {
    writeHead(socket, reply.statusCode ?? 502, STATUS_CODES[reply.statusCode ?? 502] ?? '', [
      ...headersFromApp(headerPairs(reply.rawHeaders), prefix),
      ['Connection', 'close']
    ]);
    socket.once('finish', () => socket.destroy());
    reply.pipe(socket);
    reply.once('error', () => socket.destroy());
  });
  outgoing.once('error', () => {
    if (!socket.destroyed && socket.writable) {
      refuseUpgrade(socket, 502, `The dashboard did not accept the connection to ${request.headers.host ?? 'it'}`);
    }
  });
  outgoing.end();
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one]
  ] as const) {
    if ('setNoDelay' in from) {
      (from as { setNoDelay(on: boolean): void }).setNoDelay(true);
    }
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroy());
    from.pipe(to);
  }
}

function writeHead(socket: Duplex, status: number, text: string, headers: readonly HeaderPair[]): void {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(Buffer.from(`HTTP/1.1 ${status} ${text}\r\n${lines}\r\n`, 'latin1'));
}
