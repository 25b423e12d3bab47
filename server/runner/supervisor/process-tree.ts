import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable that every process of an app inherits; apps are found by it wherever they have moved to. */
export const MARKER = 'DASHBOARDS_APP';

/** A marker for the processes of one start of one of a dashboard's apps. */
export function newMarker(dashboardId: string): string {
  return `${dashboardId}.${randomBytes(12).toString('hex')}`;
}

interface ProcessEntry {
  pid: number;
  parent: number;
  /** Since boot; tells a process from a later one of the same number. */
  startedAt: string;
}

/** All living processes; zombies are no longer living. */
function processes(): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    const entry = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (entry) {
      found.push(entry);
    }
  }
  return found;
}

function readStat(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, parentheses and spaces too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const dead = fields[0] === 'Z' || fields[0] === 'X';
    return dead ? null : { pid, parent: Number(fields[1]), startedAt: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** Value of the marker in a process's environment; null without one, or where we may not look. */
function markerOf(pid: number): string | null {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.find(variable => variable.startsWith(`${MARKER}=`))?.slice(MARKER.length + 1) ?? null;
  } catch {
    return null;
  }
}

/** Numbers of all living processes of an app. */
export function processesOf(marker: string): number[] {
  return members(value => value === marker, null).map(({ pid }) => pid);
}

/** Processes whose marker is accepted, and all that descend from them or from `root`. */
function members(accepts: (marker: string) => boolean, root: number | null): ProcessEntry[] {
  const all = processes();
  const chosen = new Set<number>();
  for (const { pid } of all) {
    const marker = pid === process.pid ? null : markerOf(pid);
    if (pid === root || (marker !== null && accepts(marker))) {
      chosen.add(pid);
    }
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of all) {
      if (chosen.has(parent) && !chosen.has(pid) && pid !== process.pid) {
        chosen.add(pid);
        grown = true;
      }
    }
  }
  return all.filter(({ pid }) => chosen.has(pid));
}

function signalAll(targets: readonly ProcessEntry[], signal: NodeJS.Signals): void {
  for (const target of targets) {
    if (readStat(target.pid)?.startedAt === target.startedAt) {
      try {
        process.kill(target.pid, signal);
      } catch {
        // Gone by itself, or not ours to end.
      }
    }
  }
}

const LOOK_AGAIN_MS = 20;
/** After this even what resists is given up: a process in uninterruptible sleep dies when its disk answers. */
const GIVE_UP_MS = 1_500;

/**
 * Ends all processes of an app, also those that left its process group or session: asks first, and ends those that
 * are still there after `graceMs`.
 *
 * @param root - the app's first process, or null if it is gone.
 */
export async function endTree(marker: string, root: number | null, graceMs: number): Promise<void> {
  await end(value => value === marker, root, graceMs);
}

/**
 * Ends at once what earlier runners of this dashboard have left: those that were killed could not clean up.
 *
 * @param own - marker of a process that this runner has started already
 */
export async function endOrphans(dashboardId: string, own?: string): Promise<void> {
  await end(value => value.startsWith(`${dashboardId}.`) && value !== own, null, 0);
}

async function end(accepts: (marker: string) => boolean, root: number | null, graceMs: number): Promise<void> {
  const begin = performance.now();
  let living = members(accepts, root);
  // Descendants lose their way back to the app when their parents end: remember who they were.
  const known = new Map(living.map(entry => [entry.pid, entry]));
  if (graceMs > 0) {
    signalAll(living, 'SIGTERM');
  }
  while (living.length > 0 && performance.now() - begin < graceMs + GIVE_UP_MS) {
    if (performance.now() - begin >= graceMs) {
      signalAll(living, 'SIGKILL');
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
    for (const entry of members(accepts, null)) {
      known.set(entry.pid, entry);
    }
    living = [...known.values()].filter(entry => readStat(entry.pid)?.startedAt === entry.startedAt);
  }
}
