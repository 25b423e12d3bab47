import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Progress } from '../engine';
import { lookUntil } from '../testing/look-until';
import { ManualClock } from '../testing/manual-clock';
import { streamProgress } from './progress-stream';

it('a page that reads slowly is told the last state, and not all before it', async () => {
  const clock = new ManualClock();
  let progress: Progress = { version: 1, stage: 'copy', lines: [] };
  let changed = (): void => undefined;
  let end = (): void => undefined;
  let response: ServerResponse | undefined;
  const engine = {
    subscribe: (listener: (event: never) => void) => ((changed = listener as () => void), () => undefined)
  };
  const source = {
    progress: () => progress,
    status: () => ({ state: 'starting', version: 1, problem: null }) as const,
    ready: () => false
  };
  const server = createServer((_, to) => {
    response = to;
    end = streamProgress({ response, engine, source, owner: true, clock });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: '127.0.0.1' }).end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];

  // Nobody reads yet: what is told piles up until the connection takes no more.
  for (let n = 0; !response?.writableNeedDrain; n++) {
    progress = { ...progress, lines: [`${n} ${'x'.repeat(1_000_000)}`] };
    changed();
    clock.advance(200);
  }
  for (let n = 0; n < 20; n++) {
    progress = { ...progress, lines: [`missed ${n}`] };
    changed();
    clock.advance(200);
  }
  expect(response.listenerCount('drain')).toBeLessThan(5);
  progress = { version: 1, stage: 'failed', lines: ['the last line'] };
  end();
  let text = '';
  reply.setEncoding('utf8').on('data', piece => (text += piece));
  await lookUntil(() => reply.complete, 'the stream has ended');
  expect(text).toMatch(/the last line[^]*"failed":true/);
  expect(text).not.toContain('missed');
  server.close();
});
