import { spawn, type ChildProcess } from 'node:child_process';

import { memoryOf } from './memory';
import { endTree, processesOf } from './process-tree';

/**
 * Runs first in the new process: asks the kernel to end it with the runner, however that ends, closes inherited files
 * and becomes the app's program. `-I -S` makes it a matter of milliseconds.
 */
const BECOME_APP = `
import os, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
except (ImportError, OSError, AttributeError):
    pass
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.closerange(3, 65536)
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{sys.argv[2]}: {error.strerror}")
`;

export interface LaunchInput {
  python: string;
  argv: readonly string[];
  cwd: string;
  environment: Readonly<Record<string, string>>;
  marker: string;
  /** Bytes of standard output and standard error. */
  output(chunk: Buffer, stream: 'stdout' | 'stderr'): void;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** An app's process tree. */
export interface LaunchedApp {
  pid: number | null;
  /** Settles when the first process has ended and its output has been read. Never rejects. */
  exited: Promise<Exit>;
  /** Bytes of memory that all its processes use. */
  memory(): number;
  /** Ends every process of the app; ones that do not obey are killed after `graceMs`. Safe to call twice. */
  end(graceMs: number): Promise<void>;
}

/** Starts a program as the first process of a session of its own. */
export function launch(input: LaunchInput): LaunchedApp {
  const child: ChildProcess = spawn(input.python, ['-I', '-S', '-c', BECOME_APP, String(process.pid), ...input.argv], {
    cwd: input.cwd,
    env: { ...input.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true
  });
  child.stdout?.on('data', (chunk: Buffer) => input.output(chunk, 'stdout'));
  child.stderr?.on('data', (chunk: Buffer) => input.output(chunk, 'stderr'));
  const exited = exitOf(child, input);
  return {
    pid: child.pid ?? null,
    exited,
    memory: () => processesOf(input.marker).reduce((sum, pid) => sum + memoryOf(pid), 0),
    async end(graceMs) {
      const root = child.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null;
      await endTree(input.marker, root, graceMs);
      await Promise.race([exited, soon()]);
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  };
}

/** The last output is read within this time after the end, even where a stray child holds the pipe open. */
const LAST_OUTPUT_MS = 200;

function soon(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, LAST_OUTPUT_MS).unref());
}

function exitOf(child: ChildProcess, input: LaunchInput): Promise<Exit> {
  return new Promise(resolve => {
    child.on('error', error => {
      input.output(Buffer.from(`${error.message}\n`), 'stderr');
      resolve({ code: null, signal: null });
    });
    child.on('exit', (code, signal) => {
      const done = () => resolve({ code, signal });
      child.on('close', done);
      setTimeout(done, LAST_OUTPUT_MS).unref();
    });
  });
}
