import { spawn, type ChildProcess } from 'node:child_process';

import { BECOME_APP } from './become-app';
import { memoryOf } from './memory';
import { holderOf, type PortHolder } from './port-holder';
import { endTree, processesOf } from './process-tree';

/** What a process that is to become an app starts with. */
export interface PrepareInput {
  python: string;
  /** Python modules that it imports while it waits. */
  preload: readonly string[];
  /** With the marker, and with all that Python reads when it starts. */
  environment: Readonly<Record<string, string>>;
}

/** A process that waits to be told which app it is, or ends when it is told nothing. */
export interface PreparedApp {
  child: ChildProcess;
  /** Settles when it has ended and its output has been read; `error`: why it could not be started. Never rejects. */
  exited: Promise<Exit & { error?: string }>;
}

export interface LaunchInput {
  python: string;
  argv: readonly string[];
  cwd: string;
  environment: Readonly<Record<string, string>>;
  marker: string;
  /** Python modules that the app imports before anything of its author's. */
  preload?: readonly string[];
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
  /** Who listens on the port that was given to it. */
  holderOf(port: number): PortHolder;
  /** Ends every process of the app; ones that do not obey are killed after `graceMs`. Safe to call twice. */
  end(graceMs: number): Promise<void>;
}

/** Starts a process that `launch` makes an app of: the first one of a session of its own. */
export function prepare({ python, preload, environment }: PrepareInput, options: readonly string[] = []): PreparedApp {
  const child = spawn(python, [...options, '-c', BECOME_APP, String(process.pid), ...preload], {
    cwd: '/',
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true
  });
  // One that has ended takes no order; its end says so.
  child.stdin?.on('error', () => undefined);
  return { child, exited: exitOf(child) };
}

/** Starts a program, in a process of its own or in one that has been prepared with the same Python and marker. */
export function launch(input: LaunchInput, prepared?: PreparedApp): LaunchedApp {
  const { python, argv, cwd, environment, marker, preload = [] } = input;
  const inPlace = argv[0] === python && ['-c', '-m'].includes(argv[1] ?? '');
  // What is not run in place needs nothing that is installed.
  const alone = (): PreparedApp =>
    inPlace ? prepare({ python, preload, environment }) : prepare({ python, preload: [], environment }, ['-I', '-S']);
  const { child, exited } = prepared ?? alone();
  child.stdout?.on('data', (chunk: Buffer) => input.output(chunk, 'stdout'));
  child.stderr?.on('data', (chunk: Buffer) => input.output(chunk, 'stderr'));
  child.stdin?.end(JSON.stringify({ argv, cwd, environment, in_place: inPlace }));
  return {
    pid: child.pid ?? null,
    exited: exited.then(({ error, ...exit }) => {
      if (error !== undefined) {
        input.output(Buffer.from(`${error}\n`), 'stderr');
      }
      return exit;
    }),
    memory: () => processesOf(marker).reduce((sum, pid) => sum + memoryOf(pid), 0),
    holderOf: port => holderOf(port, { marker, pid: child.pid ?? null }),
    async end(graceMs) {
      const root = child.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null;
      await endTree(marker, root, graceMs);
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

function exitOf(child: ChildProcess): PreparedApp['exited'] {
  return new Promise(resolve => {
    child.on('error', error => resolve({ code: null, signal: null, error: error.message }));
    child.on('exit', (code, signal) => {
      const done = () => resolve({ code, signal });
      child.on('close', done);
      setTimeout(done, LAST_OUTPUT_MS).unref();
    });
  });
}
