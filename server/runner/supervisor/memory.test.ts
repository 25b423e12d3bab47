import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { inWords, memoryOf, memoryRoom } from './memory';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cgroup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), content);
}

function v2(folder: string, max: string, current: number, stat = ''): void {
  write(`sys/fs/cgroup/${folder}/memory.max`, `${max}\n`);
  write(`sys/fs/cgroup/${folder}/memory.current`, `${current}\n`);
  write(`sys/fs/cgroup/${folder}/memory.stat`, stat);
}

describe('the room that is left in memory', () => {
  it('is what the limit of the control group leaves, caches not counted', () => {
    write('proc/self/cgroup', '0::/pod/server\n');
    v2('pod/server', '1000000000', 900_000_000, 'anon 600000000\ninactive_file 200000000\nactive_file 100000000\n');
    expect(memoryRoom(root)).toEqual({ limit: 1_000_000_000, free: 400_000_000 });
  });

  it('is that of the tightest group above', () => {
    write('proc/self/cgroup', '0::/user.slice/server.service\n');
    v2('user.slice/server.service', 'max', 100);
    v2('user.slice', '500', 450);
    v2('', '100000', 1_000);
    expect(memoryRoom(root)).toEqual({ limit: 500, free: 50 });
  });

  it('is found in a container, which sees its own group as the root', () => {
    write('proc/self/cgroup', '0::/kubepods/burstable/pod1/abc\n');
    v2('', '2000', 500);
    expect(memoryRoom(root)).toEqual({ limit: 2_000, free: 1_500 });
  });

  it('is found in the older hierarchies', () => {
    write('proc/self/cgroup', '9:name=systemd:/\n4:cpu,memory:/jupyter\n0::/\n');
    write('sys/fs/cgroup/memory/jupyter/memory.limit_in_bytes', '1000\n');
    write('sys/fs/cgroup/memory/jupyter/memory.usage_in_bytes', '700\n');
    write(
      'sys/fs/cgroup/memory/jupyter/memory.stat',
      'inactive_file 1\ntotal_inactive_file 200\ntotal_active_file 0\n'
    );
    write('sys/fs/cgroup/memory/memory.limit_in_bytes', '9223372036854771712\n');
    write('sys/fs/cgroup/memory/memory.usage_in_bytes', '700\n');
    expect(memoryRoom(root)).toEqual({ limit: 1_000, free: 500 });
  });

  it('is not known without a limit, or without control groups', () => {
    expect(memoryRoom(root)).toBeNull();
    write('proc/self/cgroup', '0::/\n');
    v2('', 'max', 100);
    expect(memoryRoom(root)).toBeNull();
  });
});

it('a process has memory while it lives', () => {
  expect(memoryOf(process.pid)).toBeGreaterThan(10_000_000);
  expect(memoryOf(2 ** 30)).toBe(0);
});

it('memory is said in words', () => {
  expect([512_000_000, 2_147_483_648].map(inWords)).toEqual(['512 MB', '2.1 GB']);
});
