import { writeFileSync } from 'node:fs';

import type { LogEvent } from '../contract';
import { EventReader } from '../service/testing/events';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub } from './hub';

it('measures', async () => {
  const hub = await startTestHub({ users: ['alice'] });
  try {
    const alice = await Author.of(hub, 'alice');
    const token = await hub.token('alice', ['access:services!service=dashboards', 'access:servers!server=alice/']);
    alice.write('sales/app.py', page('hello', 'def on_request(path):\n    print("printed", time.time(), path, flush=True)'));
    const { id, link } = await alice.live(alice.request('Sales', 'sales', 'app.py'));
    await alice.sees(link, 'hello');
    const stream = await EventReader.open<LogEvent>(`${hub.serviceUrl}api/v1/dashboards/${id}/logs/events?search=printed`, token);
    const times: number[] = [];
    const seen = new Map<string, number>();
    for (let i = 0; i < 30; i++) {
      await alice.open(`${link}?next=probe-${i}`);
      const line = await eventually(() => stream.events.flatMap(({ lines }) => lines).find(({ text }) => text.endsWith(`probe-${i}`)));
      seen.set(line.text, Date.now());
      times.push(Date.now() - Number(line.text.split(' ')[1]) * 1000);
    }
    stream.close();
    times.sort((a, b) => a - b);
    writeFileSync('/tmp/rn/latency.json', JSON.stringify({ median: times[15], p95: times[28], max: times[29] }));
    expect(times).toHaveLength(30);
  } finally {
    await hub.stop();
  }
}, 300_000);
