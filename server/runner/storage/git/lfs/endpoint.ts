import type { GitAddress } from '../../../../git/address';
import { ProblemError } from '../../../../problem-error';
import { usernameFor } from '../credential';
import type { MirrorInput } from '../mirror';
import { sameServer } from '../repository';
import { readSettings } from '../repository-settings';
import { addressOf } from './web';

/** Where a repository's files in Git LFS are asked for, and with what. */
export interface Endpoint {
  /** Without a slash at its end. */
  url: string;
  headers: Readonly<Record<string, string>>;
}

const SSH_MS = 60_000;

/**
 * Finds the server of a repository's files in Git LFS: what .lfsconfig says, as long as that is the repository's own host,
 * what its host says by ssh, or the usual place below its address.
 *
 * @throws BadAddress, ProblemError
 */
export async function findEndpoint(input: MirrorInput, commit: string): Promise<Endpoint> {
  const { address, session } = input;
  const configured = await configuredUrl(input, commit);
  if (configured !== null) {
    const { protocol, host } = addressOf(configured);
    if (host !== address.host || (address.protocol === 'https' && protocol !== 'https')) {
      throw elsewhere(host, address.host);
    }
  } else if (address.protocol === 'ssh') {
    return askBySsh(input);
  }
  const usual = `${address.url.replace(/\/$/, '').replace(/(?:\.git)?$/, '.git')}/info/lfs`;
  const url = (configured ?? usual).replace(/\/$/, '');
  const { credential } = session;
  if (
    credential === null ||
    credential === 'own' ||
    credential.kind !== 'token' ||
    !sameServer(addressOf(url), address)
  ) {
    return { url, headers: {} };
  }
  const login = Buffer.from(`${usernameFor(credential)}:${credential.token}`).toString('base64');
  return { url, headers: { authorization: `Basic ${login}` } };
}

/** As `git lfs` reads it; the repository's own word. */
async function configuredUrl(input: MirrorInput, commit: string): Promise<string | null> {
  const settings = new Map(await readSettings(input, commit, '.lfsconfig'));
  return settings.get('lfs.url') ?? settings.get('remote.origin.lfsurl') ?? null;
}

/** Hosts that are reached by ssh give out an address, and a right for some minutes, to whoever may read the repository. */
async function askBySsh({ session, address }: MirrorInput): Promise<Endpoint> {
  const path = decodeURIComponent(address.path).replaceAll("'", `'\\''`);
  const { code, stdout, stderr } = await session.ssh(`git-lfs-authenticate '${path}' download`, SSH_MS);
  const reply: unknown = code === 0 ? parsed(stdout.toString('utf8')) : null;
  if (typeof reply !== 'object' || reply === null || !('href' in reply) || typeof reply.href !== 'string') {
    throw new ProblemError('git_unsupported', `${address.host} gives out no files in Git LFS by ssh.`, {
      fix: 'Publish from the address of the repository that begins with https://, or clone it in JupyterLab and publish the files from there.',
      detail: stderr
    });
  }
  const { protocol } = URL.parse(reply.href) ?? {};
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new ProblemError(
      'git_failed',
      `${address.host} says by ssh where its files in Git LFS are, but not as an address.`,
      {
        fix: 'Have the host’s settings of Git LFS corrected, or publish from the address of the repository that begins with https://.',
        detail: reply.href.slice(0, 2_000)
      }
    );
  }
  const headers = 'header' in reply ? headersOf(reply.header) : {};
  return { url: reply.href.replace(/\/$/, ''), headers };
}

/** Headers that a server asks for: plain ones, and none that the way of the request is made of. */
export function headersOf(given: unknown): Record<string, string> {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      /^[A-Za-z0-9-]{1,64}$/.test(name) &&
      typeof value === 'string' &&
      /^[\x20-\x7e]{0,8000}$/.test(value) &&
      !/^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|accept-encoding)$/i.test(
        name
      )
        ? [[name.toLowerCase(), value]]
        : []
    )
  );
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function elsewhere(host: string, own: GitAddress['host']): ProblemError {
  return new ProblemError(
    'git_unsupported',
    `The repository keeps its files in Git LFS at ${host}, and itself at ${own}.`,
    {
      fix: 'Files in Git LFS are fetched from the host of the repository alone. Move them there, or clone the repository in JupyterLab and publish the files from there.'
    }
  );
}
