import type { GitAddress } from '../../../git/address';
import { diskFull, ProblemError } from '../../../problem-error';

/** git ended with an error that is not known by its words. */
export class GitFailed extends Error {
  constructor(
    what: string,
    /** What it printed; without secrets only after `redact`. */
    readonly printed: string
  ) {
    super(`${what}: ${printed}`);
  }
}

/** What git met here is no sound repository: perhaps only because of what is kept from the time before. */
export class Unsound extends ProblemError {}

/** Whether it may be otherwise where nothing is kept. What only others can put right is not. */
export function isUnsound(error: unknown): boolean {
  return (
    error instanceof GitFailed ||
    error instanceof Unsound ||
    (error instanceof ProblemError && error.problem.code === 'git_failed' && isUnsound(error.cause))
  );
}

interface Known {
  words: RegExp;
  problem(address: GitAddress, detail: string, printed: string): ProblemError;
}

/** Of the disk here; what the host says of its own begins with `remote:`. */
const NO_ROOM = /^(?!remote: ).*(?:No space left on device|Disk quota exceeded|Out of diskspace)/im;

/** In this order: what git says first is often only that it could not go on. */
const KNOWN: readonly Known[] = [
  {
    words: NO_ROOM,
    problem: ({ host }, _detail, printed) => diskFull(new GitFailed(`no room for what ${host} sends`, printed))
  },
  {
    words: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No .* host key is known for/i,
    problem: ({ host }, detail) =>
      new ProblemError('git_refused', `${host} did not show the key that it is known by.`, {
        fix: 'Ask whoever runs it whether its key was changed on purpose. If so, store its new key with your git credential.',
        detail
      })
  },
  {
    words: /unable to update url base from redirection|returned error: 30[12378]|error: RPC failed; HTTP 30[12378]/i,
    problem: ({ host }, detail) =>
      new ProblemError('git_unreachable', `${host} sends on to another address, which is not followed.`, {
        fix: 'Open the address in a browser, and publish from the one that it leads to.',
        retryable: false,
        detail
      })
  },
  {
    words:
      /could not read (?:Username|Password)|Authentication failed|returned error: 40[13]|HTTP 40[13]|Permission denied|access denied|not authorized|Load key .*: /i,
    problem: (address, detail) => refused(address, detail)
  },
  {
    words:
      /repository .*not found|returned error: 404|does not appear to be a git repository|project you were looking for/i,
    problem: (address, detail) => refused(address, detail)
  },
  {
    words: /dumb http transport does not support|mismatched algorithms|does not support (?:shallow|object format)/i,
    problem: ({ host }, detail) =>
      new ProblemError(
        'git_unsupported',
        `The repository at ${host} is served in a way that dashboards cannot fetch from.`,
        {
          fix: 'Copy it to a host such as GitHub or GitLab (smart HTTP, SHA-1), or publish files of yours.',
          detail
        }
      )
  },
  {
    words: /SSL certificate|certificate verif|server certificate|unable to get local issuer/i,
    problem: ({ host }, detail) =>
      new ProblemError('git_unreachable', `${host} is not trusted: its certificate is not valid here.`, {
        fix: 'Check the address. If the host is your organisation’s, ask your administrator to trust its certificate where dashboards run.',
        retryable: false,
        detail
      })
  },
  {
    words:
      /Could not resolve|Failed to connect|Couldn't connect|Connection (?:refused|timed out|reset|closed)|Operation (?:timed out|too slow)|Network is unreachable|No route to host|unable to access|early EOF|unexpected disconnect|hung up|Empty reply|transfer closed|RPC failed|expected flush|bad line length|protocol error|invalid server response|kex_exchange/i,
    problem: ({ host }, detail) => unreachable(host, detail)
  },
  {
    words: /fsck error/i,
    problem: ({ host }, detail) =>
      new ProblemError('git_failed', noSoundRepository(host), {
        fix: 'Have the repository repaired (git fsck says where), or publish another one.',
        detail
      })
  },
  {
    words:
      /error in object|bad object|inflate|corrupt|index-pack|did not send all necessary objects|missing (?:blob|tree|commit)|unpack-objects|promisor remote|expected '|invalid [\w-]+ response/i,
    problem: ({ host }, detail) =>
      new Unsound('git_failed', noSoundRepository(host), {
        fix: 'Try again. If it happens again, have the repository repaired (git fsck says where), or publish another one.',
        retryable: true,
        detail
      })
  }
];

/** What to tell about a run that has failed. */
export function explainFailure(address: GitAddress, printed: string): ProblemError | GitFailed {
  const known = KNOWN.find(({ words }) => words.test(printed));
  return (
    known?.problem(address, printed, printed) ?? new GitFailed(`git could not fetch from ${address.host}`, printed)
  );
}

/** Likewise of a run that reaches nobody, and does not fail while what is here is sound. */
export function explainLocal({ host }: GitAddress, printed: string): ProblemError | GitFailed {
  const failed = new GitFailed(`git could not read what it fetched from ${host}`, printed);
  // Of a file that it checks out it does not say why it was not written.
  return NO_ROOM.test(printed) || /^error: unable to write file /m.test(printed) ? diskFull(failed) : failed;
}

export function unreachable(host: string, detail?: string): ProblemError {
  return new ProblemError('git_unreachable', `${host} cannot be reached, or broke off.`, {
    fix: 'Try again in a minute. If it stays like this, ask your administrator whether dashboards may reach this host.',
    detail
  });
}

function noSoundRepository(host: string): string {
  return `What ${host} sent is no sound repository, and git refuses it.`;
}

function refused({ host, protocol }: GitAddress, detail: string): ProblemError {
  const given =
    protocol === 'ssh'
      ? 'Store a deploy key that may read a private repository among your git credentials, and choose it'
      : 'For a private repository give a token that may read it';
  return new ProblemError('git_refused', `${host} does not show this repository: there is none, or it is private.`, {
    fix: `Check the address. ${given} when you publish; one that worked before may have run out.`,
    detail
  });
}
