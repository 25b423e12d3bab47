import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

import { systemCode } from '../../problem-error';
import { processesOf } from './process-tree';

/** Who takes the connections to a port; `unknown` where the kernel does not tell. */
export type PortHolder = 'app' | 'stranger' | 'nobody' | 'unknown';

/** The app that the port was given to: its marker, and its first process, which is looked at first. */
export interface AppProcesses {
  marker: string;
  pid: number | null;
}

/**
 * Who listens on a port of 127.0.0.1. Between the choice of a port and the moment that its app listens, any other program
 * of the machine may take it, that of another dashboard of the same user above all.
 */
export function holderOf(port: number, app: AppProcesses): PortHolder {
  const listeners = listenersOn(port);
  if (listeners === null) {
    return 'unknown';
  }
  if (listeners.length === 0) {
    return 'nobody';
  }
  const uid = process.getuid?.();
  if (listeners.some(listener => listener.uid !== uid && uid !== 0)) {
    return 'stranger';
  }
  const missing = new Set(listeners.map(({ inode }) => inode));
  let hidden = false;
  const holdsAll = (pid: number) => {
    const sockets = socketsOf(pid);
    hidden ||= sockets === null;
    sockets?.forEach(inode => missing.delete(inode));
    return missing.size === 0;
  };
  if ((app.pid !== null && holdsAll(app.pid)) || processesOf(app.marker).some(holdsAll)) {
    return 'app';
  }
  // A process that shows its files to nobody, as some with rights of their own, may hold it: unless somebody else does.
  return hidden && !allProcesses().some(pid => socketsOf(pid)?.some(inode => missing.has(inode)))
    ? 'unknown'
    : 'stranger';
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

interface Listener {
  inode: string;
  uid: number;
}

/** As the kernel prints them, and which of several it prefers for a connection to 127.0.0.1. */
const ADDRESSES = [
  ['/proc/net/tcp', '0100007F'],
  ['/proc/net/tcp6', '0000000000000000FFFF00000100007F'],
  ['/proc/net/tcp', '00000000'],
  ['/proc/net/tcp6', '00000000000000000000000000000000']
] as const;

/** Those who may get a connection to 127.0.0.1: several only if they share the port. Null: it cannot be read. */
function listenersOn(port: number): Listener[] | null {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = new Map<string, string[][] | null>();
  for (const [table, address] of ADDRESSES) {
    const rows = tables.has(table) ? tables.get(table) : listening(table);
    tables.set(table, rows ?? null);
    const found = rows?.filter(row => row[1] === address + wanted) ?? [];
    if (found.length > 0) {
      return found.map(row => ({ uid: Number(row[7]), inode: row[9] ?? '' }));
    }
  }
  return tables.get('/proc/net/tcp') ? [] : null;
}

const LISTENING = '0A';
/** Of some ten rows: to fill a larger one, the kernel goes through all the connections that the machine could have. */
const PIECE = 1_500;

/** Rows of those who listen, which come first; null where the table cannot be read. */
function listening(table: string): string[][] | null {
  let descriptor: number;
  try {
    descriptor = openSync(table, 'r');
  } catch {
    return null;
  }
  try {
    const piece = Buffer.alloc(PIECE);
    const rows: string[][] = [];
    let rest = '';
    for (let size = readSync(descriptor, piece); size > 0; size = readSync(descriptor, piece)) {
      const lines = (rest + piece.toString('latin1', 0, size)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const row = line.trim().split(/\s+/);
        if (row[3] === LISTENING) {
          rows.push(row);
        } else if (row[0] !== 'sl') {
          return rows;
        }
      }
    }
    return rows;
  } finally {
    closeSync(descriptor);
  }
}

/** Inodes of the sockets that a process has open; null where we may not look, none where it is gone. */
function socketsOf(pid: number): string[] | null {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap(name => /^socket:\[(\d+)\]$/.exec(target(`${folder}/${name}`))?.[1] ?? []);
  } catch (error) {
    return systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM' ? null : [];
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
