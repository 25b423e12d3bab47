import { spawn, type ChildProcess } from 'node:child_process';

import { ProblemError, systemCode } from '../../../problem-error';

/** One run of git that came to its end, by itself. */
export interface GitRun {
  code: number;
  stdout: Buffer;
  /** Without progress; the end of it where it is long. */
  stderr: string;
}

export interface GitRunOptions {
  /** In the place of git: what git itself would start. */
  program?: string;
  folder: string;
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
  input?: string;
  /** The most records, each with a NUL at its end, that it may print; left out: any number. */
  records?: number;
  /** A descriptor that git and what it starts find as number 3. */
  descriptor?: number;
  /** Milliseconds that it may take. */
  limitMs: number;
  /** Gets what git writes to its error output, line by line, progress too. */
  line?(text: string): void;
}

const LONGEST_OUTPUT = 128 * 2 ** 20;
const KEPT_ERRORS = 20_000;
const LONGEST_LINE = 4_000;
/** As a shell has it: 128, and the number of the signal. */
const BROKEN_PIPE = 141;
/** What git has started may live on and hold its output open: an author's credential helper that stays in the background. */
const CLOSE_MS = 1_000;

/** It took longer than it may. */
export class GitTookTooLong extends Error {}

/** It printed more than it may, and was ended. */
export class GitPrintedTooMuch extends Error {}

/**
 * Runs git, without a shell, in a process group of its own that is ended as a whole when `signal` is aborted: nothing of
 * it runs once this has thrown.
 *
 * @throws ProblemError `git_missing`, `git_failed` (somebody else ended it), the reason of `signal`, GitTookTooLong or GitPrintedTooMuch
 */
export async function runGit(args: readonly string[], options: GitRunOptions): Promise<GitRun> {
  const { signal } = options;
  signal.throwIfAborted();
  const late = AbortSignal.timeout(options.limitMs);
  const child = spawn(options.program ?? 'git', args, {
    cwd: options.folder,
    env: { ...options.environment },
    shell: false,
    // A group, so that what git has started ends with it.
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', options.descriptor ?? 'ignore']
  });
  const end = () => endGroup(child);
  signal.addEventListener('abort', end);
  late.addEventListener('abort', end);
  try {
    const run = await outcome(child, options);
    signal.throwIfAborted();
    if (run.code !== null) {
      return { ...run, code: run.code };
    }
    if (run.signal === 'SIGPIPE') {
      // What it had started has ended before it, as a fetch that may reach nobody, and has said why.
      return { ...run, code: BROKEN_PIPE };
    }
    throw late.aborted ? new GitTookTooLong(`git ${args[0]} took too long`) : endedFromOutside(run.signal);
  } catch (error) {
    signal.throwIfAborted();
    throw systemCode(error) === 'ENOENT' ? missing(error) : error;
  } finally {
    signal.removeEventListener('abort', end);
    late.removeEventListener('abort', end);
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) {
      // What it leaves half-made is swept before the next run, as after a crash.
      process.kill(-pid, 'SIGKILL');
    }
  } catch {
    // Gone by itself.
  }
}

/** `code` is null where it was ended by a signal. */
type Ending = Omit<GitRun, 'code'> & { code: number | null; signal: NodeJS.Signals | null };

function outcome(child: ChildProcess, { input, line, records = Infinity }: GitRunOptions): Promise<Ending> {
  const { stdin, stdout, stderr } = child;
  const output: Buffer[] = [];
  let length = 0;
  let printed = 0;
  let errors = '';
  let tooLong = false;
  stdout?.on('data', (piece: Buffer) => {
    length += piece.length;
    printed += records === Infinity ? 0 : recordsIn(piece);
    if (length > LONGEST_OUTPUT || printed > records) {
      tooLong = true;
      output.length = 0;
      endGroup(child);
    } else {
      output.push(piece);
    }
  });
  const takeLine = (text: string) => {
    line?.(text);
    if (!PROGRESS.test(text) && text.trim() !== '') {
      errors = `${errors}${text}\n`.slice(-KEPT_ERRORS);
    }
  };
  let rest = '';
  stderr?.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (rest + piece).split(/[\r\n]/);
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    lines.forEach(text => takeLine(text.slice(0, LONGEST_LINE)));
  });
  // Whoever ends before it has read everything has said why.
  stdin?.on('error', () => undefined);
  stdin?.end(input);
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    child.once('error', reject);
    child.once('exit', () => {
      timer = setTimeout(() => {
        stdout?.destroy();
        stderr?.destroy();
      }, CLOSE_MS);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      takeLine(rest);
      if (tooLong) {
        reject(new GitPrintedTooMuch('git printed more than anybody needs'));
      } else {
        resolve({ code, signal, stdout: Buffer.concat(output), stderr: errors });
      }
    });
  });
}

function recordsIn(piece: Buffer): number {
  let found = 0;
  for (let at = piece.indexOf(0); at >= 0; at = piece.indexOf(0, at + 1)) {
    found++;
  }
  return found;
}

/** Lines that git writes again and again while it works. */
export const PROGRESS =
  /^(?:remote: )?(?:Enumerating|Counting|Compressing|Receiving|Unpacking|Resolving|Updating|Checking|Filtering)\b[^:]*: +\d/;

function endedFromOutside(signal: NodeJS.Signals | null): ProblemError {
  return new ProblemError('git_failed', `git was ended from outside, by ${signal}, before it was done.`, {
    fix: 'Publish again. If it happens again, ask your administrator whether the dashboard’s server has memory enough.'
  });
}

function missing(cause: unknown): ProblemError {
  return new ProblemError(
    'git_missing',
    'There is no git where the dashboard runs, and its files come from a repository.',
    {
      fix: 'Ask your administrator to install git (2.37 or newer) where servers of users run, or publish files of yours.',
      cause
    }
  );
}
