import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { push } from '../../../author/push/push';
import type { Problem, PushOutcome } from '../../../contract';
import { FRAME_HEAD, OFFER, PACKING, writeFrameHead } from '../../../relay/frames';

import { createSmallDisk, type SmallDisk } from '../../../tests/small-disk';
import { CuttingProxy } from '../../testing/cutting-proxy';
import { Program } from '../../testing/program';
import { PUSH_PATH } from '../../testing/push-bench';
import { Receiver } from './receiver';
import { offerText } from '../../testing/offer-text';

/** With what stays free beside the files of a push, and a project that fits. */
const DISK_KB = 40_000;
const LARGE = 2_000_000;
const FILES = 6;

let base: string;
let project: string;
let home: string;
let dashboard: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'full-disk-'));
  project = path.join(base, 'author', 'project');
  home = path.join(base, 'runner');
  dashboard = path.join(home, '.dashboards', 'd1');
  mkdirSync(project, { recursive: true });
  mkdirSync(home);
});
afterEach(() => rmSync(base, { recursive: true }));

describe('a disk that becomes full while files arrive', () => {
  let disk: SmallDisk;
  let receiver: Program;
  let front: CuttingProxy;
  let ticket: string;
  let pid: number;
  /** Called when that much of what is sent has been passed on. */
  let passing: (bytes: number) => void;

  beforeEach(async () => {
    disk = createSmallDisk(DISK_KB);
    receiver = new Program(path.join(__dirname, '../../testing/push-receiver.ts'));
    passing = () => undefined;
    await start(disk.wrapper);
  });
  afterEach(async () => {
    await receiver.stop();
    await front.close();
    disk.remove();
  });

  async function start(wrapper?: string): Promise<void> {
    const child = receiver.start([dashboard], { PATH: process.env.PATH, HOME: home }, [], wrapper);
    const told = JSON.parse(await receiver.line()) as { port: number; ticket: string };
    [pid, ticket] = [child.pid ?? 0, told.ticket];
    front = await CuttingProxy.start(
      told.port,
      () => null,
      bytes => passing(bytes)
    );
  }

  const send = (): Promise<PushOutcome> =>
    push(
      {
        build: 'b1',
        ticket,
        source: { kind: 'files', root: project, entry: '.', scope: 'folder' },
        addresses: [{ url: `http://127.0.0.1:${front.port}${PUSH_PATH}` }]
      },
      { home: path.join(base, 'author'), signal: new AbortController().signal, pauses: [5] }
    );

  /** A path as the receiver's process has it. */
  const there = (...parts: string[]): string => disk.seenBy(pid, path.join(...parts));

  /** Bytes that the receiver has on its disk, of what is not complete yet. */
  function arrived(): number {
    const folder = there(dashboard, 'relay/incoming');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.reduce(
      (sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0
    );
  }

  function fill(): void {
    const descriptor = openSync(there(home, '.dashboards/ballast'), 'w');
    try {
      const piece = Buffer.alloc(1 << 20, 1);
      for (;;) {
        writeSync(descriptor, piece);
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    } finally {
      closeSync(descriptor);
    }
  }

  it('is said at both ends, leaves what was there, and the same push goes on when there is room', async () => {
    writeFileSync(path.join(project, 'app.py'), 'print(1)\n');
    expect(await send()).toEqual({ ok: true, problem: null });
    expect(JSON.parse(await receiver.line())).toEqual({ received: true });

    writeFileSync(path.join(project, 'app.py'), 'print(2)\n');
    for (let n = 0; n < FILES; n++) {
      writeFileSync(path.join(project, `${n}.bin`), randomBytes(LARGE));
    }
    const mounted = disk.code === 'disk_full';
    const before = front.passed;
    if (mounted) {
      passing = bytes => {
        if (bytes > before + 2 * LARGE && arrived() > LARGE) {
          passing = () => undefined;
          fill();
        }
      };
    } else {
      writeFileSync(path.join(project, 'larger.csv'), Buffer.alloc((DISK_KB + 1) * 1_024, 'a'));
    }
    const { problem } = await send();
    expect(problem?.code).toBe(disk.code);
    expect((JSON.parse(await receiver.line()) as { failed: Problem }).failed).toEqual(problem);
    expect(readdirSync(there(dashboard, 'replica'))).toEqual(['app.py']);
    expect(readFileSync(there(dashboard, 'replica/app.py'), 'utf8')).toBe('print(1)\n');

    const passed = front.passed;
    if (mounted) {
      unlinkSync(there(home, '.dashboards/ballast'));
    } else {
      await receiver.kill();
      await front.close();
      await start();
    }
    expect(await send()).toEqual({ ok: true, problem: null });
    expect(JSON.parse(await receiver.line())).toEqual({ received: true });
    for (const name of readdirSync(project)) {
      expect(readFileSync(there(dashboard, 'replica', name)).equals(readFileSync(path.join(project, name)))).toBe(true);
    }
    // What had arrived was not sent again.
    expect(front.passed - (mounted ? passed : 0)).toBeLessThan(FILES * LARGE);
    expect(existsSync(there(dashboard, 'relay/incoming'))).toBe(false);
  });
});

it('what had arrived when putting it in its place was interrupted is not asked for again', () => {
  const content = Buffer.from('content');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const staging = path.join(dashboard, 'relay/staging');
  mkdirSync(staging, { recursive: true });
  writeFileSync(path.join(staging, sha256), content, { mode: 0o444 });
  const items = ['a', 'b'].map(at => {
    const item = { kind: 'file', path: at, size: content.length, mtime: '1', executable: false, sha256 } as const;
    return at === 'a' ? item : { ...item, mtime: '2', executable: true };
  });
  const text = Buffer.from(offerText({ items, files: 2, bytes: 2 * content.length }));
  const receiver = new Receiver({ dashboard, limits: { files: 10, bytes: 1_000 } });
  const offer = { sha256: createHash('sha256').update(text).digest('hex'), size: text.length };
  const section = Buffer.concat([writeFrameHead(OFFER, 0, text.length), text]);
  expect(section.length).toBe(text.length + FRAME_HEAD);
  receiver.take({ packing: PACKING.none, sent: section.length, size: section.length }, section);
  expect(receiver.missing(offer)).toMatchObject({ received: text.length, missing: [] });
  expect(receiver.finish()).toMatchObject({ complete: true, files: 2 });
  expect(['a', 'b'].map(at => readFileSync(path.join(dashboard, 'replica', at), 'utf8'))).toEqual([
    'content',
    'content'
  ]);
  receiver.close();
});
