import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';

import type { ErrorReply } from '../../../contract';
import type { PushOffered } from '../../../contract/relay';
import { FRAME_HEAD, OFFER, PACKING, writeFrameHead, writeSectionHead } from '../../../relay/frames';
import type { Offer, OfferedItem } from '../../../relay/offer';
import { call as callServer } from '../../testing/http-call';
import { ManualClock } from '../../testing/manual-clock';
import { startPushBench, type PushBench } from '../../testing/push-bench';
import { TicketVerifier } from '../../viewers/ticket';
import { PushTickets } from './push-ticket';
import { Receiver } from './receiver';
import { portOf } from '../../testing/receiver-here';
import { offerText } from '../../testing/offer-text';

let base: string;
let dashboard: string;
let bench: PushBench;
let stop: AbortController;
let awaited: Promise<unknown>;

beforeEach(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'push-endpoint-'));
  dashboard = path.join(base, '.dashboards', 'd1');
  mkdirSync(dashboard, { recursive: true });
  bench = await startPushBench(dashboard, { limits: { files: 10, bytes: 10_000_000 } });
  stop = new AbortController();
  awaited = bench.await({ signal: stop.signal }).catch((error: unknown) => error);
});
afterEach(async () => {
  stop.abort();
  await awaited;
  await bench.close();
  rmSync(base, { recursive: true, force: true });
});

interface Sent {
  ticket?: string;
  sender?: string;
  method?: string;
  headers?: Record<string, string>;
}

async function post(call: string, body: Buffer | object = {}, { ticket, sender, method, headers }: Sent = {}) {
  const { port, pathname } = new URL(bench.url);
  const reply = await callServer(Number(port), `${pathname}${call}?sender=${sender ?? 'sender-one'}`, {
    method: method ?? 'POST',
    headers: { Authorization: `Bearer ${ticket ?? bench.signer.ticket()}`, ...headers },
    body: Buffer.isBuffer(body) ? body : JSON.stringify(body)
  });
  return { status: reply.status, body: JSON.parse(reply.body) as Record<string, unknown> & Partial<ErrorReply> };
}
const status = async (...sent: Parameters<typeof post>): Promise<number> => (await post(...sent)).status;

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

function file(name: string, content: Buffer): OfferedItem {
  return { kind: 'file', path: name, size: content.length, mtime: '1', executable: false, sha256: sha256(content) };
}

function section(...frames: [index: number, offset: number, bytes: Buffer][]): Buffer {
  const all = Buffer.concat(
    frames.flatMap(([index, offset, bytes]) => [writeFrameHead(index, offset, bytes.length), bytes])
  );
  return Buffer.concat([writeSectionHead({ packing: PACKING.none, sent: all.length, size: all.length }), all]);
}

/** The text of an offer, and how it is asked for what is missing of it. */
function textOf(items: OfferedItem[], wrong: Partial<Pick<Offer, 'files' | 'bytes'>> = {}) {
  const files = items.filter(item => item.kind === 'file');
  const sums = { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0), ...wrong };
  const text = Buffer.from(offerText({ items, ...sums }));
  return { text, offered: { sha256: sha256(text), size: text.length } satisfies PushOffered };
}

/** Sends an offer of these items, as far as it is taken. @returns the reply to what is missing */
async function offer(items: OfferedItem[], wrong: Partial<Pick<Offer, 'files' | 'bytes'>> = {}) {
  const { text, offered } = textOf(items, wrong);
  const sent = await post('contents', section([OFFER, 0, text]));
  return sent.status === 200 ? post('missing', offered) : sent;
}

describe('a push ticket', () => {
  const rules = () => ({ ticketKey: bench.signer.ticketKey, dashboardId: 'd1', startId: 's1' });

  it('is asked for with each request', async () => {
    expect(await status('hello')).toBe(200);
    for (const call of ['hello', 'contents', 'missing', 'finish', 'failed']) {
      expect(await status(call, {}, { ticket: 'none' })).toBe(401);
    }
  });

  it.each([
    ['of another dashboard', { dashboardId: 'd2' }],
    ['of an earlier start', { startId: 's0' }],
    ['of another purpose', { purpose: 'view' }],
    ['of another version', { v: 2 }],
    ['that is over', { issuedAt: 0, expiresAt: 1 }],
    ['that is good for too long', { expiresAt: Date.now() + 86_400_000, issuedAt: Date.now() - 86_400_000 }],
    ['of tomorrow', { issuedAt: Date.now() + 86_400_000, expiresAt: Date.now() + 86_400_001 }]
  ])('%s is refused', async (_what, claims) => {
    expect(await status('hello', {}, { ticket: bench.signer.ticket(claims) })).toBe(401);
  });

  it('of another build is good for nothing here', async () => {
    expect(await status('hello', {}, { ticket: bench.signer.ticket({ buildId: 'b2' }) })).toBe(410);
  });

  it('is refused with any bit flipped, with another key, without its purpose, and in another spelling', () => {
    const tickets = new PushTickets(rules(), new ManualClock(Date.now()));
    const ticket = bench.signer.ticket();
    expect(tickets.judge(ticket)).toMatchObject({ buildId: 'b1' });
    for (let at = 0; at < ticket.length; at++) {
      const flipped = `${ticket.slice(0, at)}${ticket[at] === 'A' ? 'B' : 'A'}${ticket.slice(at + 1)}`;
      expect(typeof tickets.judge(flipped)).toBe('string');
    }
    expect(tickets.judge(ticket.slice('push.'.length))).toBe('malformed');
    expect(tickets.judge(bench.signer.ticket({}, 'view'))).toBe('malformed');
    expect(tickets.judge(`${ticket}=`)).toBe('malformed');
    expect(tickets.judge(`${ticket}.x`)).toBe('malformed');
    const others = new PushTickets(
      { ...rules(), ticketKey: randomBytes(32).toString('base64url') },
      new ManualClock(0)
    );
    expect(others.judge(ticket)).toBe('signature');
  });

  it('lets nobody view, and a viewer’s lets nobody send', () => {
    const clock = new ManualClock(Date.now());
    const viewing = { viewer: { name: 'eve', groups: [], owner: true }, flow: 'f', expiresAt: clock.now() + 30_000 };
    const viewers = new TicketVerifier(rules(), clock);
    const [purpose, content, signature] = bench.signer.ticket(viewing).split('.');
    for (const given of [`${purpose}.${content}.${signature}`, `${content}.${signature}`]) {
      expect(() => viewers.redeem(given, 'nonce')).toThrow();
    }
    // All that a viewer's ticket holds, and signed as one: the content alone.
    const signed = bench.signer.signed(JSON.parse(Buffer.from(content ?? '', 'base64url').toString()) as object);
    const tickets = new PushTickets(rules(), clock);
    expect(typeof tickets.judge(signed)).toBe('string');
    expect(typeof tickets.judge(`push.${signed}`)).toBe('string');
  });

  it('that began in time is good while its push goes on, and not after a pause that no build waits for', () => {
    const clock = new ManualClock(Date.now());
    const tickets = new PushTickets(rules(), clock);
    const ticket = bench.signer.ticket();
    for (let hours = 0; hours < 3; hours++) {
      expect(typeof tickets.judge(ticket)).toBe('object');
      clock.advance(9 * 60_000);
    }
    clock.advance(2 * 60_000);
    expect(tickets.judge(ticket)).toBe('expired');
    expect(tickets.judge(ticket)).toBe('expired');
  });

  it('ends with its build', async () => {
    expect(await status('hello')).toBe(200);
    stop.abort(new Error('cancelled'));
    await awaited;
    expect(await status('hello')).toBe(410);
  });
});

describe('requests that no sender makes', () => {
  it.each([
    ['Origin', 'https://hub.example.org'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Sec-Fetch-Mode', 'cors']
  ])('a page is refused by its %s', async (name, value) => {
    expect(await status('hello', {}, { headers: { [name]: value } })).toBe(403);
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s is refused', async method => {
    expect(await status('hello', {}, { method })).toBe(405);
  });

  it('are refused without a name, by another name while one sends, and at an address that there is not', async () => {
    expect(await status('hello', {}, { sender: 'a' })).toBe(400);
    expect(await status('hello', {}, { sender: '../../../../etc' })).toBe(400);
    expect(await status('hello')).toBe(200);
    expect(await status('hello', {}, { sender: 'sender-two' })).toBe(423);
    expect(await status('../hello')).not.toBe(200);
    expect(await status('anything')).toBe(400);
  });

  it.each([
    ['that is too long', Buffer.alloc(70_000, ' ')],
    ['that is not JSON', Buffer.from('{')],
    ['of another shape', { sha256: '../../x', size: 1 }],
    ['of nothing', { sha256: 'a'.repeat(64), size: 0 }]
  ])('a question %s is refused', async (_what, body) => {
    expect(await status('missing', body)).toBe(400);
  });

  it('calls in another order are refused, and change nothing', async () => {
    expect(await status('finish')).toBe(409);
    expect(await status('contents', section([0, 0, Buffer.from('x')]))).toBe(409);
    expect(await status('contents', section([OFFER, 1, Buffer.from('x')]))).toBe(409);
    const { body } = await post('missing', textOf([]).offered);
    expect(body).toEqual({ received: 0, missing: [], partial: [] });
    expect(existsSync(path.join(dashboard, 'replica'))).toBe(false);
  });
});

describe('sections that no sender makes', () => {
  const content = Buffer.from('content');
  const { text, offered } = textOf([file('a', content)]);
  const lacking = { received: text.length, missing: [0], partial: [] };
  beforeEach(async () => {
    expect((await offer([file('a', content)])).body).toEqual(lacking);
  });

  it.each([
    ['what was not offered', section([1, 0, content])],
    ['what begins in the middle', section([0, 3, content.subarray(3)])],
    ['more than was offered', section([0, 0, Buffer.concat([content, content])])],
    ['nothing at all of a file that has something', section([0, 0, Buffer.alloc(0)])],
    ['an offset beyond all numbers', section([0, 2 ** 52, content])],
    ['a piece of the offer that does not come next', section([OFFER, 5, Buffer.from('x')])]
  ])('%s is refused', async (_what, sent) => {
    expect(await status('contents', sent)).toBe(409);
    expect((await post('finish')).body).toEqual({ complete: false });
  });

  const packed = (plain: Buffer, size: number): Buffer => {
    const sent = zstdCompressSync(plain);
    return Buffer.concat([writeSectionHead({ packing: PACKING.zstd, sent: sent.length, size }), sent]);
  };

  it.each([
    ['half a head', Buffer.from([0, 0])],
    ['half a section', section([0, 0, content]).subarray(0, -1)],
    ['an unknown packing', Buffer.concat([Buffer.from([9]), section([0, 0, content]).subarray(1)])],
    ['a section longer than sections are', Buffer.from([0, 0x7f, 255, 255, 255, 0x7f, 255, 255, 255])],
    ['a length that is not that of what follows', Buffer.from([0, 0, 0, 0, 20, 0, 0, 0, 30])],
    ['no frame', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['half a frame', Buffer.concat([Buffer.from([0, 0, 0, 0, 17, 0, 0, 0, 17]), Buffer.alloc(17, 255)])],
    ['what is packed and is not', Buffer.concat([Buffer.from([1, 0, 0, 0, 20, 0, 0, 0, 30]), randomBytes(20)])],
    ['a bomb: more than it says', packed(Buffer.alloc(1 << 20), 5_000)],
    ['less than it says', packed(section([0, 0, content]).subarray(9), 5_000)]
  ])('%s is refused', async (_what, sent) => {
    expect(await status('contents', sent)).toBe(400);
    expect((await post('finish')).body).toEqual({ complete: false });
    expect(await status('contents', section([0, 0, content]))).toBe(200);
    expect((await post('finish')).body).toEqual({ complete: true });
  });

  it('what is not what it is called never gets a name', async () => {
    expect(await status('contents', section([0, 0, Buffer.from('another')]))).toBe(200);
    expect((await post('finish')).body).toEqual({ complete: false });
    expect(existsSync(path.join(dashboard, 'replica'))).toBe(false);
    expect((await post('missing', offered)).body).toEqual(lacking);
  });
});

describe('an offer', () => {
  const one = Buffer.from('1');

  it.each([
    ['leads out', [file('../out', one)], 400, 'invalid_request'],
    ['is absolute', [file('/tmp/out', one)], 400, 'invalid_request'],
    ['names a file below a file', [file('a', one), file('a/b', one)], 400, 'invalid_request'],
    ['writes through a link', [{ kind: 'link', path: 'a', target: '/tmp' }, file('a/b', one)], 400, 'invalid_request'],
    ['has a link that leads out', [{ kind: 'link', path: 'a', target: '../..' }], 422, 'links_leave_folder']
  ] as [string, OfferedItem[], number, string][])(
    'that %s is refused before anything of it',
    async (_w, items, n, code) => {
      const { status: got, body } = await offer(items);
      expect([got, body.error?.code]).toEqual([n, code]);
      expect(readdirSync(base, { recursive: true }).filter(name => /out$/.test(String(name)))).toEqual([]);
    }
  );

  it.each([
    ['too many files', Array.from({ length: 11 }, (_, n) => file(String(n), one)), {}],
    ['too many files, which it denies', Array.from({ length: 11 }, (_, n) => file(String(n), one)), { files: 1 }],
    ['too many folders', Array.from({ length: 11 }, (_, n) => ({ kind: 'folder', path: String(n), mtime: '1' })), {}],
    ['too much', [{ ...file('a', one), size: 10_000_001 }], {}],
    ['too much, which it denies', [{ ...file('a', one), size: 10_000_001 }], { bytes: 1 }]
  ] as [string, OfferedItem[], Partial<Pick<Offer, 'files' | 'bytes'>>][])(
    'of %s ends the build',
    async (_what, items, wrong) => {
      const { status: got, body } = await offer(items, wrong);
      expect([got, body.error?.code]).toEqual([422, 'too_large']);
      expect(await awaited).toMatchObject({ problem: { code: 'too_large' } });
    }
  );

  it('may have as many folders as files, and as many files as that', async () => {
    const folders = Array.from({ length: 10 }, (_, n) => ({ kind: 'folder', path: String(n), mtime: '1' }) as const);
    const items = folders.flatMap(folder => [folder, file(`${folder.path}/a`, one)]);
    expect((await offer(items)).body).toMatchObject({ missing: [0] });
  });

  it('is taken in pieces, and asked for as a whole: what is another one, or only its beginning, does not count', async () => {
    const [first, next] = [textOf([file('a', one)]), textOf([file('a', one), file('b', one)])];
    const half = Math.floor(first.text.length / 2);
    expect(await status('contents', section([OFFER, 0, first.text.subarray(0, half)]))).toBe(200);
    const none = { missing: [], partial: [] };
    expect((await post('missing', first.offered)).body).toEqual({ received: half, ...none });
    expect(await status('contents', section([OFFER, half, first.text.subarray(half)]))).toBe(200);
    expect((await post('missing', next.offered)).body).toEqual({ received: first.text.length, ...none });
    expect((await post('missing', { ...first.offered, sha256: sha256(one) })).body).toEqual({ received: 0, ...none });
    expect(await status('finish')).toBe(409);
    expect((await offer([file('a', one)])).body).toMatchObject({ received: first.text.length, missing: [0] });
    // The sender has read its files anew.
    expect((await offer([file('a', one), file('b', one)])).body).toMatchObject({ missing: [0] });
    expect(await status('contents', section([0, 0, one]))).toBe(200);
    expect((await post('finish')).body).toEqual({ complete: true });
    expect(readdirSync(path.join(dashboard, 'replica'))).toEqual(['a', 'b']);
  });

  it('there is no room for ends the build before a byte of it', () => {
    const receiver = new Receiver({ dashboard, limits: { files: 10, bytes: 2 ** 50 } });
    const item = { ...file('a', one), size: 2 ** 49 };
    const { text, offered } = textOf([item]);
    const all = section([OFFER, 0, text]).subarray(9);
    receiver.take({ packing: PACKING.none, sent: all.length, size: all.length }, all);
    expect(all.length).toBe(text.length + FRAME_HEAD);
    expect(() => receiver.missing(offered)).toThrow(
      /no room for the files: .* are missing here and 17 MB have to stay free, of .* that are\.$/
    );
  });
});

it('a request that is under way when its build is cancelled is told so, and no timer is left', async () => {
  const clock = new ManualClock(Date.now());
  stop.abort(new Error('cancelled'));
  await awaited;
  stop = new AbortController();
  const taken = new EventEmitter();
  const receiver = portOf(new Receiver({ dashboard, limits: { files: 10, bytes: 10_000_000 } }));
  awaited = bench
    .await({
      clock,
      signal: stop.signal,
      receiver: {
        ...receiver,
        async take(head, sent) {
          // As a thread that has been ended answers.
          if (stop.signal.aborted) {
            throw new Error('the thread that receives files has ended');
          }
          const progress = await receiver.take(head, sent);
          taken.emit('taken');
          return progress;
        }
      }
    })
    .catch((error: unknown) => error);
  const content = Buffer.from('content');
  expect((await offer([file('a', content)])).status).toBe(200);
  const [first, second] = [section([0, 0, content.subarray(0, 3)]), section([0, 3, content.subarray(3)])];
  const { port, pathname } = new URL(bench.url);
  const sending = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `${pathname}contents?sender=sender-one`,
    headers: { Authorization: `Bearer ${bench.signer.ticket()}`, 'Content-Length': first.length + second.length }
  });
  const answered = once(sending, 'response');
  sending.write(first);
  await once(taken, 'taken');
  stop.abort(new Error('cancelled'));
  expect(await awaited).toMatchObject({ message: 'cancelled' });
  sending.end(second);
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(410);
  expect(clock.waiting).toBe(0);
});

it('a problem of the sender’s ends the build with its words', async () => {
  const problem = { code: 'files_keep_changing', message: 'They change.', fix: 'Wait.' };
  expect(await status('failed', { problem })).toBe(200);
  expect(await awaited).toMatchObject({ problem });
  expect(await status('failed', { problem })).toBe(410);
});
