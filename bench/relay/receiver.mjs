// The receiving end of pushes as the runner has it, in a process of its own: says where to send and with which ticket, then
// how much has come with each project.
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

import { receiverInThread } from '../../server/runner/storage/relay/receiver-thread';
import { startPushBench } from '../../server/runner/testing/push-bench';

const [dashboard] = process.argv.slice(2);
const limits = { files: 200_000, bytes: 20 * 2 ** 30 };
const say = value => void process.stdout.write(`${JSON.stringify(value)}\n`);

async function main() {
  const bench = await startPushBench(dashboard);
  let sent = 0;
  bench.server.on('request', request => (sent += Number(request.headers['content-length'] ?? 0)));
  createInterface({ input: process.stdin }).on('close', () => process.exit(0));
  say({ port: Number(new URL(bench.url).port), path: new URL(bench.url).pathname });
  for (;;) {
    const worker = new Worker(join(dirname(process.argv[1]), 'receiver-thread.js'), {
      workerData: { dashboard, limits }
    });
    const receiver = receiverInThread(worker);
    say({ ticket: bench.signer.ticket() });
    sent = 0;
    await bench.await({ receiver });
    say({ sent });
    await receiver.close();
  }
}

void main();
