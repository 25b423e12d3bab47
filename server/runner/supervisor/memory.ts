import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Memory that this server may still take, and the limit it is measured by; in bytes. */
export interface MemoryRoom {
  limit: number;
  free: number;
}

/** Above this nobody has set a limit: kernels write a number close to 2^63 then. */
const NO_LIMIT = 2 ** 60;

/** Where a hierarchy of control groups is mounted and how its files are called. */
interface Hierarchy {
  mount: string;
  limit: string;
  usage: string;
  /** Names in `memory.stat` of what the kernel gives up before it ends a process. */
  reclaimable: readonly string[];
}

const V2: Hierarchy = {
  mount: 'sys/fs/cgroup',
  limit: 'memory.max',
  usage: 'memory.current',
  reclaimable: ['inactive_file', 'active_file']
};
const V1: Hierarchy = {
  mount: 'sys/fs/cgroup/memory',
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  reclaimable: ['total_inactive_file', 'total_active_file']
};

/**
 * What the limits of this process's control groups leave, the tightest of them; null where there is none, or where it
 * cannot be read. `root` is the root of the file system.
 */
export function memoryRoom(root = '/'): MemoryRoom | null {
  let tightest: MemoryRoom | null = null;
  for (const line of (read(path.join(root, 'proc/self/cgroup')) ?? '').split('\n')) {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (group === undefined || (controllers !== '' && !controllers?.split(',').includes('memory'))) {
      continue;
    }
    const hierarchy = controllers === '' ? V2 : V1;
    // In a container the path may be one of the host's, of which nothing is to be seen but the mount itself.
    for (let folder = group; ; folder = path.dirname(folder)) {
      const room = roomIn(path.join(root, hierarchy.mount, folder), hierarchy);
      if (room && (tightest === null || room.free < tightest.free)) {
        tightest = room;
      }
      if (folder === '/') {
        break;
      }
    }
  }
  return tightest;
}

function roomIn(folder: string, { limit, usage, reclaimable }: Hierarchy): MemoryRoom | null {
  const most = number(read(path.join(folder, limit)));
  const used = number(read(path.join(folder, usage)));
  if (most === null || used === null || most > NO_LIMIT) {
    return null;
  }
  const caches = (read(path.join(folder, 'memory.stat')) ?? '').split('\n').reduce((sum, line) => {
    const [name = '', value] = line.split(' ');
    return reclaimable.includes(name) ? sum + (number(value ?? null) ?? 0) : sum;
  }, 0);
  return { limit: most, free: Math.max(0, most - Math.max(0, used - caches)) };
}

/** What a process keeps in memory, its part of what it shares with others; 0 if it is gone. */
export function memoryOf(pid: number): number {
  const shared = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(shared ?? resident ?? 0) * 1_024;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function number(text: string | null): number | null {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? null : value;
}

/** `1.5 GB`, for people. */
export function inWords(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
