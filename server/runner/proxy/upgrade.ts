import { request as httpRequest, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Target } from '../engine';
import { closeFrame, Frames } from './frames';
import { flatten, headerPairs, type HeaderPair } from './hop-by-hop';
import { headersFromApp } from './response-headers';

/** What is said to WebSockets whose version ends. */
const GONE = 'This version of the dashboard has ended. Reload the page.';
/** What a client, or the app, may take for its last words. */
const LAST_WORDS_MS = 5_000;

/** A WebSocket that has been passed on. */
export interface PassedUpgrade {
  /** Closes it as its protocol has it, between two messages: its page is to be loaded anew. */
  leave(): void;
}

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
export function passUpgrade({ request, socket, head, target, path, headers, prefix }: UpgradePassage): PassedUpgrade {
  const outgoing = httpRequest({
    host: target.host,
    port: target.port,
    path,
    method: 'GET',
    headers: flatten([...headers, ['Connection', 'Upgrade'], ['Upgrade', 'websocket']]),
    setHost: false,
    agent: false
  });
  let leave = (): void => {
    refuseUpgrade(socket, 410, GONE);
    outgoing.destroy();
  };
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
    const frames = new Frames();
    frames.pass(appHead);
    appSocket.on('data', (piece: Buffer) => void frames.pass(piece));
    leave = () => part(socket, appSocket, frames);
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
  return { leave: () => leave() };
}

/** Ends what `join` has joined, with a frame of ours after the app's last whole one. */
function part(socket: Duplex, appSocket: Duplex, frames: Frames): void {
  const timer = setTimeout(() => socket.destroy(), LAST_WORDS_MS);
  socket.once('close', () => clearTimeout(timer));
  const close = (): void => {
    // Only now: what the client still sends belongs to nobody, but has to be read for its answer to be heard.
    socket.unpipe(appSocket);
    socket.resume();
    socket.once('end', () => socket.destroy());
    socket.end(frames.closed ? undefined : closeFrame(GONE));
  };
  appSocket.unpipe(socket);
  appSocket.removeAllListeners('data');
  if (frames.whole) {
    close();
    return;
  }
  appSocket.on('data', (piece: Buffer) => {
    if (!frames.whole) {
      socket.write(piece.subarray(0, frames.pass(piece, true)));
      if (frames.whole) {
        close();
      }
    }
  });
  appSocket.resume();
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
