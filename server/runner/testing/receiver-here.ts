import type { Receiver } from '../storage/relay/receiver';
import type { ReceiverPort } from '../storage/relay/receiver-port';

/** A receiver in this very thread: for tests, where nobody else waits. */
export function portOf(receiver: Receiver): ReceiverPort {
  return {
    begin: async begin => receiver.begin(begin),
    take: async (head, sent) => receiver.take(head, sent),
    missing: async () => receiver.missing(),
    finish: async () => receiver.finish(),
    close: async () => receiver.close()
  };
}
