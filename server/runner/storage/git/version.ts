import { ProblemError } from '../../../problem-error';
import { runGit } from './run-git';

/** Older ones read the author's settings whatever they are told. */
const OLDEST: Release = [2, 32];
/** Older ones look a name up once more after it was looked at. */
const OLDEST_THAT_PINS: Release = [2, 37];

type Release = readonly [major: number, minor: number];

/**
 * @param pins - whether the host is one that must not be looked up once more
 * @throws ProblemError `git_missing`
 */
export async function checkVersion(
  environment: Readonly<Record<string, string>>,
  { pins, signal }: { pins: boolean; signal: AbortSignal }
): Promise<void> {
  const path = environment.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  const run = await runGit(['--version'], { folder: '/', environment: { PATH: path }, signal, limitMs: 10_000 });
  const said = run.stdout.toString('utf8').trim();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
  const release: Release = [Number(major), Number(minor)];
  const needed = pins ? OLDEST_THAT_PINS : OLDEST;
  if (major === undefined || isOlder(release, needed)) {
    throw new ProblemError(
      'git_missing',
      `The git where the dashboard runs is too old (${said}): ${needed.join('.')} is needed.`,
      {
        fix: 'Ask your administrator for a newer git where servers of users run, or publish files of yours.'
      }
    );
  }
}

function isOlder([major, minor]: Release, [neededMajor, neededMinor]: Release): boolean {
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}
