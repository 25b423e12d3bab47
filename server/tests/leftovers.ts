import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { TestHub } from './hub';

/** What of a dashboard is on the machine, as an administrator with a shell would find it. */
export interface Leftovers {
  /** Below the folders of `~/.dashboards/<id>/`, without what belongs to the versions that are kept. */
  files: string[];
  /** Command lines of the app's processes. */
  processes: string[];
}

/**
 * Looks for what a dashboard has left.
 *
 * @param home - of its author; may lie under the `/proc/<pid>/root` of a server with mounts of its own
 * @param kept - versions that are meant to be there
 */
export function leftovers(home: string, id: string, kept: readonly number[] = []): Leftovers {
  const folder = join(home, '.dashboards', id);
  const own = new RegExp(`/v?(?:${kept.join('|') || 'none'})$`);
  const files = entries(folder).flatMap(name => entries(join(folder, name)).map(entry => `${name}/${entry}`));
  return { files: files.filter(file => !own.test(file)).sort(), processes: appProcesses(id) };
}

/** Nothing at all: neither files nor processes. */
export const NOTHING: Leftovers = { files: [], processes: [] };

/** Whether there is any folder of the dashboard's in its author's home. */
export function hasFolder(home: string, id: string): boolean {
  return existsSync(join(home, '.dashboards', id));
}

function entries(folder: string): string[] {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}

/** Apps carry their dashboard's id in a variable, wherever they have moved to. */
function appProcesses(id: string): string[] {
  return processIds()
    .filter(pid => read(pid, 'environ').includes(`\0DASHBOARDS_APP=${id}.`))
    .map(pid => read(pid, 'cmdline').replaceAll('\0', ' '));
}

/** Processes whose command line matches and whose working folder lies in the hub's, such as its servers and service. */
export function processesOf(hub: TestHub, commandLine: RegExp): number[] {
  const { folder } = hub;
  return processIds().filter(pid => {
    const line = read(pid, 'cmdline').replaceAll('\0', ' ');
    return commandLine.test(line) && (line.includes(folder) || read(pid, 'environ').includes(folder));
  });
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for a process that is gone, or a zombie. */
function read(pid: number, what: 'environ' | 'cmdline'): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/${what}`, 'utf8')}`;
  } catch {
    return '';
  }
}

/** Whether the service knows the dashboard, if only to delete it. */
export function hasRow(hub: TestHub, id: string): boolean {
  return inDatabase(hub, count => count('dashboards WHERE id = ?', id)) > 0;
}

/** What the service has written down of a build, also while there is no service to ask. */
export function writtenStage(hub: TestHub, buildId: string): unknown {
  return inDatabase(hub, (_, db) => db.prepare('SELECT state FROM builds WHERE id = ?').get(buildId)?.state);
}

/** How many connections of viewers to a dashboard the service has written down, as its runner has told it. */
export function writtenConnections(hub: TestHub, id: string): number {
  return inDatabase(hub, (_, db) =>
    Number(db.prepare('SELECT connections FROM runners WHERE dashboard_id = ?').get(id)?.connections ?? 0)
  );
}

/** Rows that belong to no dashboard, or to work that nobody does. */
export function orphanRows(hub: TestHub): Record<string, number> {
  const without = 'WHERE dashboard_id NOT IN (SELECT id FROM dashboards)';
  return inDatabase(hub, count => ({
    versions: count(`versions ${without}`),
    builds: count(`builds ${without}`),
    runners: count(`runners ${without}`),
    tickets: count(`tickets ${without}`),
    events: count('build_events WHERE build_id NOT IN (SELECT id FROM builds)'),
    unfinishedVersions: count(
      `versions v WHERE state = 'building' AND NOT EXISTS
       (SELECT 1 FROM builds b WHERE b.dashboard_id = v.dashboard_id AND b.version = v.n AND b.ended_at IS NULL)`
    )
  }));
}

function inDatabase<T>(
  hub: TestHub,
  look: (count: (from: string, ...values: string[]) => number, db: DatabaseSync) => T
): T {
  const db = new DatabaseSync(join(hub.folder, 'dashboards.sqlite'), { readOnly: true });
  try {
    return look((from, ...values) => Number(db.prepare(`SELECT count(*) AS n FROM ${from}`).get(...values)?.n), db);
  } finally {
    db.close();
  }
}

export const NO_ORPHANS = { versions: 0, builds: 0, runners: 0, tickets: 0, events: 0, unfinishedVersions: 0 };
