import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** As long as one question to Git may take that nobody else ends. */
const QUESTION_MS = 5_000;
/** More than this of an answer nobody looks through. */
const MOST = 16 * 2 ** 20;

/** Git was there, and did not answer as it does. */
export class GitFailed extends Error {}

/** It had more to say than anybody looks through, and was ended. */
export class GitSaidTooMuch extends GitFailed {}

/** What a question to Git came to. */
export interface GitAnswer {
  code: number;
  out: string;
  err: string;
}

/** Asks Git about one folder. */
export type Git = (...words: string[]) => Promise<GitAnswer>;

/**
 * Settings that have Git start nothing: a repository, which may be somebody else's work, can name programs in its own.
 * What is given on the command line counts before those.
 */
const QUIET = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  // What stands for something else here alone, which no remote has.
  '--no-replace-objects',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.untrackedCache=false',
    'safe.bareRepository=explicit'
  ].flatMap(setting => ['-c', setting])
];

/** A folder, and how Git is asked about it. */
export interface GitPlace {
  program: string;
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Further `name=value`. */
  settings?: readonly string[];
}

/**
 * Git in a folder, for questions that ask no remote and change nothing.
 *
 * @param signal - ends every question; left out: each may take some seconds of its own
 */
export function createGit(place: GitPlace, signal?: AbortSignal): Git {
  return async (...words) => {
    const { code, out, err } = await askGit(place, words, { signal });
    return { code, out: out.toString('utf8'), err };
  };
}

export interface AskOptions {
  /** Ends it, and what it has started besides; left out: it may take some seconds. */
  signal?: AbortSignal;
  input?: string;
  /** A file for a list of files (an index) in place of the clone's own. */
  index?: string;
}

/** The same with what it prints as it is: a file has no encoding. @throws GitFailed, or the reason of `signal` */
export function askGit(
  place: GitPlace,
  words: readonly string[],
  options: AskOptions = {}
): Promise<Omit<GitAnswer, 'out'> & { out: Buffer }> {
  return new Promise((resolve, reject) => {
    const child = startGit(place, words, options);
    const tooMuch = () => {
      child.kill('SIGKILL');
      reject(new GitSaidTooMuch(`git ${words[0] ?? ''} had more than ${MOST} bytes to say`));
    };
    const [out, err] = [collect(child.stdout, tooMuch), collect(child.stderr, tooMuch)];
    child.once('error', error => reject(options.signal?.aborted ? options.signal.reason : error));
    child.once('close', (code, signal) => {
      if (code === null) {
        reject(new GitFailed(`git ${words[0] ?? ''} was ended by ${signal ?? 'nobody'}`));
      } else {
        resolve({ code, out: out(), err: err().toString('utf8') });
      }
    });
    // Whoever ends before it has read everything has said why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  });
}

/** As `askGit`, for who reads by themselves what it prints, as it comes. */
export function startGit(
  { program, folder, environment, settings = [] }: GitPlace,
  words: readonly string[],
  { signal, index }: Omit<AskOptions, 'input'>
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(program, [...QUIET, ...settings.flatMap(setting => ['-c', setting]), '-C', folder, ...words], {
    cwd: '/',
    env: { ...quiet(environment), ...(index !== undefined && { GIT_INDEX_FILE: index }) },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
    timeout: signal === undefined ? QUESTION_MS : undefined,
    killSignal: 'SIGKILL'
  });
}

/** What it prints. @throws GitFailed where it says that something is wrong. */
export async function said(git: Git, ...words: string[]): Promise<string> {
  const { code, out, err } = await git(...words);
  if (code !== 0) {
    throw new GitFailed(`git ${words[0] ?? ''}: ${err.trim()}`);
  }
  return out;
}

/** The person's own set-up counts; what would point Git elsewhere, ask for a password or reach a remote does not. */
function quiet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));
  return {
    ...clean,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // A clone that lacks objects would fetch them, by a command of its own configuration.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none'
  };
}

function collect(stream: NodeJS.ReadableStream, tooMuch: () => void): () => Buffer {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size > MOST) {
      tooMuch();
    } else {
      parts.push(part);
    }
  });
  return () => Buffer.concat(parts);
}
