import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { GitAddress } from '../../../git/address';
import { MARKER, newMarker } from '../../supervisor/process-tree';
import { createRedaction } from '../../supervisor/redact';
import { secretsOf, usernameFor, type GitCredential } from './credential';
import { runGit, type GitRun } from './run-git';
import { asArguments, gitEnvironment, localSettings, networkSettings } from './settings';
import { sshCommand, sshDestination } from './ssh-command';

/** Everything that one fetch runs git with. */
export interface GitSession {
  /** Reaches nobody, whatever the repository says. */
  local(folder: string, args: readonly string[], more?: LocalOptions): Promise<GitRun>;
  /** Reaches the repository's host, and only that. */
  network(folder: string, args: readonly string[], more?: NetworkOptions): Promise<GitRun>;
  /** Runs a command at the repository's host, by ssh. */
  ssh(command: string, limitMs: number): Promise<GitRun>;
  /** What the repository is read with. */
  readonly credential: GitCredential | 'own' | null;
  /** Removes what is secret. */
  end(): Promise<void>;
}

interface LocalOptions {
  variables?: Record<string, string>;
  input?: string;
  /** The most records that it may print. */
  records?: number;
}

interface NetworkOptions {
  input?: string;
  limitMs?: number;
  /** Ends this run alone. */
  ended?: AbortSignal;
}

export interface SessionInput {
  dashboardId: string;
  address: GitAddress;
  /** IP addresses that were looked at; none: a proxy looks the name up. */
  pinned: readonly string[];
  /** `own`: ssh as the author would use it. */
  credential: GitCredential | 'own' | null;
  /** File for the keys of hosts. */
  met: string;
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
  limitMs: number;
  /** Of git's network runs: a certificate for tests. */
  settings?: readonly string[];
  line(text: string): void;
}

const LOCAL_MS = 15 * 60_000;

/** Sets git up for one fetch. What is secret is in a folder of its own, in memory where the system allows that. */
export async function openSession(input: SessionInput): Promise<GitSession> {
  const { address, credential, environment, signal, line, pinned } = input;
  const prefix = secretPrefix(input.dashboardId);
  const folder = await mkdtemp(path.join(secretPlace(), prefix));
  let token: FileHandle | null = null;
  const network = networkSettings(address, address.protocol === 'ssh' ? [] : pinned);
  // git hands it on to what it starts; `endOrphans` finds all of them by it.
  const marker = { [MARKER]: newMarker(gitMarker(input.dashboardId)) };
  const variables: Record<string, string> = { ...gitEnvironment(environment, folder, address.protocol), ...marker };
  try {
    await mkdir(path.join(folder, 'empty'));
    if (credential !== null && credential !== 'own' && credential.kind === 'token') {
      token = await unlinked(path.join(folder, 'token'), credential);
      network.push(...tokenSettings(address));
    }
    if (address.protocol === 'ssh') {
      const key = credential !== null && credential !== 'own' && credential.kind === 'ssh_key' ? credential : null;
      const knownHosts = key?.knownHosts ? path.join(folder, 'known_hosts') : null;
      if (key) {
        await writeFile(path.join(folder, 'key'), key.privateKey, { mode: 0o600 });
      }
      if (knownHosts) {
        await writeFile(knownHosts, key?.knownHosts ?? '', { mode: 0o600 });
      }
      const identity = credential === 'own' ? 'own' : key ? path.join(folder, 'key') : null;
      variables.GIT_SSH_COMMAND = sshCommand(address, pinned[0], { key: identity, knownHosts, met: input.met });
      variables.GIT_SSH_VARIANT = 'ssh';
      if (credential === 'own' && environment.SSH_AUTH_SOCK) {
        variables.SSH_AUTH_SOCK = environment.SSH_AUTH_SOCK;
      }
    }
    network.push(...asArguments(input.settings ?? []));
  } catch (error) {
    await close();
    throw error;
  }

  async function close(): Promise<void> {
    await token?.close();
    await rm(folder, { recursive: true, force: true });
  }

  const redact = createRedaction(credential === null || credential === 'own' ? [] : secretsOf(credential));
  const told = (text: string) => line(redact(text));
  const clean = (run: GitRun): GitRun => ({ ...run, stderr: redact(run.stderr) });

  return {
    local: async (where, args, { variables: own, input: given, records } = {}) =>
      clean(
        await runGit([...localSettings(), ...args], {
          folder: where,
          environment: { ...gitEnvironment(environment, path.join(folder, 'empty'), null), ...marker, ...own },
          signal,
          input: given,
          records,
          limitMs: LOCAL_MS,
          line: told
        })
      ),
    network: async (where, args, { input: given, limitMs = input.limitMs, ended } = {}) =>
      clean(
        await runGit([...network, ...args], {
          folder: where,
          environment: variables,
          signal: ended ? AbortSignal.any([signal, ended]) : signal,
          input: given,
          descriptor: token?.fd,
          limitMs,
          line: told
        })
      ),
    ssh: async (command, limitMs) =>
      clean(
        await runGit(['-c', String.raw`eval "$GIT_SSH_COMMAND \"\$@\""`, 'ssh', ...sshDestination(address), command], {
          program: 'sh',
          folder: '/',
          environment: variables,
          signal,
          limitMs
        })
      ),
    credential,
    end: close
  };
}

/** Begins the markers of git's processes for this dashboard; `endOrphans` takes it, and the id of the dashboard too. */
export function gitMarker(dashboardId: string): string {
  return `${dashboardId}.git`;
}

/** What git asks for a name and a token is told by a file that has no name any more, and by nobody else's helper. */
function tokenSettings({ protocol, host, port }: GitAddress): string[] {
  const usual = protocol === 'https' ? 443 : 80;
  const place = `${protocol}://${host.includes(':') ? `[${host}]` : host}${port === usual ? '' : `:${port}`}`;
  return asArguments([`credential.${place}.helper=!f() { test "$1" = get && cat /proc/self/fd/3; }; f`]);
}

async function unlinked(file: string, credential: Extract<GitCredential, { kind: 'token' }>): Promise<FileHandle> {
  const handle = await open(file, 'wx+', 0o600);
  await handle.writeFile(`username=${usernameFor(credential)}\npassword=${credential.token}\n`);
  await rm(file);
  return handle;
}

/** In memory, where there is such a place: nothing is ever written to a disk. */
function secretPlace(): string {
  try {
    accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A dot is in no id: no dashboard's name begins like another one's. */
function secretPrefix(dashboardId: string): string {
  return `dashboards-git-${dashboardId}.`;
}

/** Removes what is secret and was left by a runner that was killed. Called while this dashboard's lock is held, before any session. */
export async function sweepSecrets(dashboardId: string): Promise<void> {
  const prefix = secretPrefix(dashboardId);
  const place = secretPlace();
  for (const name of await readdir(place)) {
    if (name.startsWith(prefix)) {
      // Somebody else's folder of that name cannot be removed, and does no harm.
      await rm(path.join(place, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
