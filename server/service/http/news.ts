import type { FastifyBaseLogger } from 'fastify';

import type { EventStream } from './sse';

/**
 * Sends news one look after the other: two at once would send a thing twice. A look that fails ends the stream, whose
 * reader comes back for what it has not seen.
 * @param look finds and sends what is new
 * @returns says that there are news. Those that come while a look is under way are found by one more, however many.
 */
export function sendNews(stream: EventStream, log: FastifyBaseLogger, look: () => Promise<void>): () => void {
  let sending = Promise.resolve();
  let waiting = false;
  return () => {
    if (waiting) {
      return;
    }
    waiting = true;
    sending = sending
      .then(() => {
        waiting = false;
        return stream.closed ? undefined : look();
      })
      .catch((error: unknown) => {
        log.error({ err: error }, 'events not sent');
        stream.close();
      });
  };
}
