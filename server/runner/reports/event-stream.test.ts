import { pino } from 'pino';

import type { RunnerEvent } from '../../contract';
import { heapGrowth } from '../testing/heap-growth';
import { lookUntil } from '../testing/look-until';
import { ManualClock } from '../testing/manual-clock';
import { Backoff } from './backoff';
import { EventStream } from './event-stream';

/** A stream whose chunks a test hands in. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #chunks: (Uint8Array | null)[] = [];
  #wake: () => void = () => {};

  say(text: string): void {
    this.#chunks.push(new TextEncoder().encode(text));
    this.#wake();
  }

  bytes(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#wake();
  }

  end(): void {
    this.#chunks.push(null);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk === null) {
        return;
      }
      if (chunk === undefined) {
        await new Promise<void>(resolve => (this.#wake = resolve));
      } else {
        yield chunk;
      }
    }
  }
}

describe('the event stream', () => {
  let clock: ManualClock;
  let sources: Source[];
  let received: RunnerEvent[];
  let stream: EventStream;
  let away: boolean;
  let attempts: number;
  let following: Promise<void>;

  beforeEach(() => {
    clock = new ManualClock();
    sources = [];
    received = [];
    away = false;
    attempts = 0;
    stream = new EventStream({
      open: async () => {
        attempts += 1;
        if (away) {
          throw new Error('away');
        }
        sources.push(new Source());
        return sources.at(-1) as Source;
      },
      received: event => received.push(event),
      clock,
      log: pino({ level: 'silent' }),
      backoff: new Backoff(1_000, 8_000, () => 1)
    });
    following = stream.follow();
  });
  afterEach(async () => {
    stream.close();
    await following;
  });
  const opened = (count: number): Promise<true> => lookUntil(() => sources.length === count, `${count} connections`);

  it('yields events however they are cut into chunks', async () => {
    await opened(1);
    const text =
      ': hello\r\n\r\nevent: x\r\ndata: {"kind":"ended",\r\ndata: "sessions":["ä"]}\r\n\r\ndata: {"kind":"stop"}\n\n';
    for (const byte of new TextEncoder().encode(text)) {
      sources[0]?.bytes(Uint8Array.of(byte));
    }
    await lookUntil(() => received.length === 2, 'both events');
    expect(received).toEqual([{ kind: 'ended', sessions: ['ä'] }, { kind: 'stop' }]);
  });

  it('ignores what it does not understand', async () => {
    await opened(1);
    sources[0]?.say('data: no JSON\n\ndata: {"kind":"dance"}\n\ndata: {"kind":"delete"}\n\n');
    await lookUntil(() => received.length === 1, 'the event it knows');
    expect(received).toEqual([{ kind: 'delete' }]);
  });

  it('takes 15 s of silence for a dead connection, comments count as signs of life', async () => {
    await opened(1);
    for (let n = 0; n < 4; n += 1) {
      clock.advance(10_000);
      sources[0]?.say(':\n\n');
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(sources.length).toBe(1);
    clock.advance(15_000);
    await lookUntil(() => clock.waiting === 1, 'it waits before it connects again');
    clock.advance(1_000);
    await opened(2);
  });

  it('keeps nothing of what it has read, however long the connection lasts', async () => {
    await opened(1);
    const comments = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        sources[0]?.say(':\n\n');
        if (n % 100 === 99) {
          await new Promise(resolve => setImmediate(resolve));
        }
      }
      const before = received.length;
      sources[0]?.say('data: {"kind":"ended","sessions":[]}\n\n');
      await lookUntil(() => received.length > before, 'all of it has been read');
    };
    await comments(1_000);
    expect(await heapGrowth(() => comments(30_000))).toBeLessThan(4_000_000);
  });

  it('connects again with growing delays while the service is away', async () => {
    await opened(1);
    away = true;
    sources[0]?.end();
    await new Promise(resolve => setImmediate(resolve));
    const delays: number[] = [];
    for (let n = 2; n <= 6; n += 1) {
      await lookUntil(() => clock.waiting === 1, 'it waits');
      let waited = 0;
      while (attempts < n && waited < 20_000) {
        clock.advance(1_000);
        waited += 1_000;
        await new Promise(resolve => setImmediate(resolve));
      }
      delays.push(waited);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  it('close ends it while it reads and while it waits', async () => {
    await opened(1);
    stream.close();
    await following;
    expect(attempts).toBe(1);
  });
});

describe('Backoff', () => {
  it('is jittered down to a half and begins anew after success', () => {
    const low = new Backoff(1_000, 4_000, () => 0);
    expect([low.delay(), low.delay(), low.delay(), low.delay()]).toEqual([500, 1_000, 2_000, 2_000]);
    low.reset();
    expect(low.delay()).toBe(500);
  });
});
