import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { OFFER, PACKING, writeFrameHead } from '../../../relay/frames';
import { offerText } from '../../testing/offer-text';
import { threadProgram } from '../../thread-program';
import type { ReceiverOptions } from './receiver';
import { receiverInThread } from './receiver-thread';

it('names the folder that nothing can be written into', async () => {
  const base = mkdtempSync(path.join(tmpdir(), 'receiver-thread-'));
  const dashboard = path.join(base, '.dashboards', 'd1');
  mkdirSync(dashboard, { recursive: true });
  writeFileSync(path.join(dashboard, 'relay'), 'no folder');
  const options: ReceiverOptions = { dashboard, limits: { files: 10, bytes: 1_000 } };
  const receiver = receiverInThread(new Worker(threadProgram('receiver'), { workerData: options }));
  try {
    expect(await receiver.base()).toBeNull();
    const sha256 = createHash('sha256').update('1').digest('hex');
    const item = { kind: 'file', path: 'a', size: 1, mtime: '1', executable: false, sha256 } as const;
    const text = Buffer.from(offerText({ items: [item], files: 1, bytes: 1 }));
    const section = Buffer.concat([writeFrameHead(OFFER, 0, text.length), text]);
    await receiver.take({ packing: PACKING.none, sent: section.length, size: section.length }, section);
    const offered = { sha256: createHash('sha256').update(text).digest('hex'), size: text.length };
    await expect(receiver.missing(offered)).rejects.toMatchObject({
      problem: {
        code: 'folder_not_readable',
        message: `The folder ${path.join(base, '.dashboards')}, where versions are kept, cannot be written to.`
      }
    });
  } finally {
    await receiver.close();
    rmSync(base, { recursive: true });
  }
});
