import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { systemClock } from '../../clock';
import { threadProgram } from '../../thread-program';
import type { FetchStrategy } from '../strategy';
import { removeLeftovers } from './leftovers';
import { receive } from './receive';
import type { ReceiverOptions } from './receiver';
import type { ReceiverPort } from './receiver-port';
import { receiverInThread } from './receiver-thread';

/** The author's own server sends the files, because they are not seen here. */
export function relay(
  createReceiver = (options: ReceiverOptions): ReceiverPort =>
    receiverInThread(new Worker(threadProgram('receiver'), { workerData: options }))
): FetchStrategy {
  return {
    id: 'relay',
    keeps: ['replica', 'relay'],
    tidy: removeLeftovers,

    async fetch({ id: buildId, source }, { around, limits, pushes, signal, line, wants }) {
      const { dashboard } = around.places;
      const receiver = createReceiver({ dashboard, limits });
      line('The dashboard’s server does not see the files: it waits for them to be sent.');
      wants('files');
      try {
        await receive({ buildId, folder: source.root, receiver, desk: pushes, clock: systemClock, signal, line });
      } finally {
        wants('nothing');
        await receiver.close();
      }
      return { root: path.join(dashboard, 'replica'), own: true };
    }
  };
}
