import type { Receiver } from '../storage/relay/receiver';
import type { ReceiverPort } from '../storage/relay/receiver-port';

/** A receiver in this very thread: for tests, where nobody else waits. */
export function portOf(receiver: Receiver): ReceiverPort {
  return {
    base: async () => receiver.base(),
    take: async (head, sent) => receiver.take(head, sent),
    missing: async offered => receiver.missing(offered),
    finish: async () => receiver.finish(),
    close: async () => receiver.close()
  };
}
