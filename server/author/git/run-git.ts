import { spawn } from 'node:child_process';

/** As long as one question to Git may take. */
const SECONDS = 5;
/** More than this of an answer nobody looks through. */
const MOST = 16 * 2 ** 20;

/** Git was there, and did not answer as it does. */
export class GitFailed extends Error {}

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
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.untrackedCache=false',
    'safe.bareRepository=explicit'
  ].flatMap(setting => ['-c', setting])
];

/**
 * Git in a folder, for questions that ask no remote and change nothing.
 *
 * @param settings - further `name=value`
 */
export function createGit(
  program: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
  settings: readonly string[] = []
): Git {
  const given = [...QUIET, ...settings.flatMap(setting => ['-c', setting]), '-C', folder];
  return (...words) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, [...given, ...words], {
        cwd: '/',
        env: quiet(environment),
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: SECONDS * 1_000,
        killSignal: 'SIGKILL'
      });
      const [out, err] = [collect(child.stdout, child), collect(child.stderr, child)];
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === null) {
          reject(new GitFailed(`git ${words[0] ?? ''} was ended by ${signal ?? 'nobody'}`));
        } else {
          resolve({ code, out: out(), err: err() });
        }
      });
    });
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

function collect(stream: NodeJS.ReadableStream, child: { kill(signal: 'SIGKILL'): boolean }): () => string {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size > MOST) {
      child.kill('SIGKILL');
    } else {
      parts.push(part);
    }
  });
  return () => Buffer.concat(parts).toString('utf8');
}
