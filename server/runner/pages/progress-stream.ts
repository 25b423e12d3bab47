import type { ServerResponse } from 'node:http';

import type { Clock } from '../clock';
import type { Engine } from '../engine';
import type { ProgressSource } from './progress-source';
import { appendedLines, progressState } from './progress-state';

/** At most this often is the page told something. */
const SPACING = 200;
const KEEP_ALIVE = 10_000;

export interface ProgressStream {
  response: ServerResponse;
  engine: Pick<Engine, 'subscribe'>;
  source: ProgressSource;
  /** Log lines and problems are for the owner. */
  owner: boolean;
  clock: Clock;
}

/**
 * Streams what the progress page shows, as server-sent events, until the client or `response` is gone.
 * @returns ends the stream in order: with the newest state, which may be how a build has failed
 */
export function streamProgress({ response, engine, source, owner, clock }: ProgressStream): () => void {
  let sentState = '';
  let sentLines: string[] | null = null;
  let sentVersion: number | null = null;
  let cancelPending: (() => void) | null = null;

  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Accel-Buffering': 'no'
  });
  const send = (event: string, data: unknown): void =>
    void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

  const update = (): void => {
    cancelPending = null;
    if (response.writableNeedDrain) {
      // A slow reader gets the newest state later, not all of them now.
      if (response.listenerCount('drain', soon) === 0) {
        response.once('drain', soon);
      }
    } else {
      tell();
    }
  };
  const tell = (): void => {
    const progress = source.progress();
    const state = progressState(source.status(), progress, source.ready(), owner);
    const text = JSON.stringify(state);
    if (owner) {
      const fresh = sentLines === null || sentVersion !== progress.version;
      const lines = fresh ? progress.lines : appendedLines(sentLines ?? [], progress.lines);
      if (fresh || lines.length > 0) {
        send('lines', { lines, fresh });
      }
      sentLines = [...progress.lines];
      sentVersion = progress.version;
    }
    if (text !== sentState) {
      sentState = text;
      send('progress', state);
    }
  };
  const soon = (): void => {
    cancelPending ??= clock.after(SPACING, update);
  };
  let cancelKeepAlive = (): void => {};
  const keepAlive = (): void => {
    cancelKeepAlive = clock.after(KEEP_ALIVE, () => {
      // An event and not a comment: the page has to notice when there is nobody left who could end the stream.
      response.write('event: alive\ndata:\n\n');
      keepAlive();
    });
  };

  const unsubscribe = engine.subscribe(soon);
  response.once('close', () => {
    unsubscribe();
    cancelPending?.();
    cancelKeepAlive();
  });
  update();
  keepAlive();
  return () => {
    tell();
    response.end();
  };
}
