import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { threadProgram } from '../../thread-program';
import { copy } from '../copy';
import type { StorageStrategy } from '../strategy';
import { checkAsSent, KEPT } from './as-sent';
import { removeLeftovers } from './leftovers';
import { receive } from './receive';
import type { ReceiverOptions } from './receiver';
import type { ReceiverPort } from './receiver-port';
import { receiverInThread } from './receiver-thread';

/** The author's own server sends the files, because they are not seen here. */
export function relay(
  createReceiver = (options: ReceiverOptions): ReceiverPort =>
    receiverInThread(new Worker(threadProgram('receiver'), { workerData: options }))
): StorageStrategy {
  return {
    id: 'relay',
    keeps: KEPT,
    tidy: removeLeftovers,
    async fetch({ id: buildId, source }, { around, limits, pushes, signal, line, wants }) {
      const { dashboard } = around.places;
      const receiver = createReceiver({ dashboard, limits });
      line('The dashboard’s server does not see the files: it waits for them to be sent.');
      wants('files');
      try {
        const hash = await receive({
          buildId,
          folder: source.root,
          receiver,
          desk: pushes,
          clock: pushes.clock,
          signal,
          line
        });
        return {
          root: path.join(dashboard, 'replica'),
          own: true,
          check: (made, manifest) => checkAsSent(dashboard, hash, made, manifest)
        };
      } finally {
        wants('nothing');
        await receiver.close();
      }
    },
    make: copy
  };
}
