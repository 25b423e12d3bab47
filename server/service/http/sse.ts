import type { FastifyReply } from 'fastify';

const HEARTBEAT_MS = 5_000;
/** A reader that takes nothing of what waits for it for so long is cut off. Longer than between two comment lines. */
const STUCK_MS = 60_000;
/** The same for whoever sends more without waiting than this, in bytes. */
const MAX_BEHIND = 4 * 1024 * 1024;

/** An open stream of server-sent events. A reader that was cut off comes back with `Last-Event-ID`. */
export interface EventStream {
  send(event: object, id?: number): void;
  /**
   * Resolves when the reader has taken enough of what was sent, or is gone. Whoever sends several events waits for this
   * before each: what was written just now has not left, however fast its reader is.
   */
  drained(): Promise<void>;
  close(): void;
  /** Whether either side has closed. */
  readonly closed: boolean;
  /** Calls `end` once when either side has closed: at once where that is so already. */
  whenClosed(end: () => void): void;
}

const streams = new Set<EventStream>();

/** Begins a stream. It has comment lines in between, so that nobody on the way takes it for dead. */
export function openStream(reply: FastifyReply, stuckMs = STUCK_MS): EventStream {
  const { raw } = reply;
  const closing = new AbortController();
  reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // nginx buffers replies unless told otherwise.
    'x-accel-buffering': 'no',
    // Kept alive, the connection would keep the service from closing after the stream has ended.
    connection: 'close'
  });
  raw.write(': connected\n\n');
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
  const stream: EventStream = {
    send(event, id) {
      if (stream.closed) {
        return;
      }
      // Before it is written: an event of any size gets to a reader that takes what was before it.
      if (raw.writableLength > MAX_BEHIND) {
        raw.destroy();
        return;
      }
      raw.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);
    },
    drained: () =>
      new Promise(resolve => {
        if (!raw.writableNeedDrain || raw.destroyed) {
          resolve();
          return;
        }
        const done = () => {
          raw.off('drain', done).off('close', done);
          resolve();
        };
        raw.on('drain', done).on('close', done);
      }),
    close() {
      clearInterval(heartbeat);
      raw.end();
    },
    get closed() {
      return raw.writableEnded || closing.signal.aborted;
    },
    whenClosed(end) {
      if (stream.closed) {
        end();
      } else {
        closing.signal.addEventListener('abort', end);
      }
    }
  };
  streams.add(stream);
  raw.setTimeout(stuckMs, () => raw.destroy());
  raw.once('close', () => {
    clearInterval(heartbeat);
    streams.delete(stream);
    closing.abort();
  });
  // A broken connection shows as `close`; the error itself says nothing more.
  raw.on('error', () => raw.destroy());
  if (raw.destroyed) {
    raw.emit('close');
  }
  if (reply.request.method === 'HEAD') {
    stream.close();
  }
  return stream;
}

/** Ends all streams, so that the server can close. */
export function endStreams(): void {
  for (const stream of [...streams]) {
    stream.close();
  }
}
