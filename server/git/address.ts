import { BadAddress } from './bad-address';
import { checkHost } from './host';

/** Where a repository is, in parts that have been checked. `url` is put together from them, and is all that git is given. */
export interface GitAddress {
  protocol: 'https' | 'http' | 'ssh';
  /** In lower case; IPv6 without brackets. */
  host: string;
  port: number;
  /** Of ssh alone. */
  user: string | null;
  /** As it stands in the address, with a slash before it, or without for one like `git@host:path`. */
  path: string;
  url: string;
}

const PORTS = { https: 443, http: 80, ssh: 22 } as const;
const LONGEST = 1_000;

const URL_FORM = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/]*)(\/.*)?$/;
/** `git@host:path`. Without the `git@` it could be anything: `C:\x`, `ext::x`. */
const SHORT_FORM = /^([^@:/]+)@([^@:/[\]]+):(?!:)(.*)$/;
const SSH_USER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const SEGMENT = /^(?:[A-Za-z0-9._~+-]|%[0-9A-Fa-f]{2})+$/;
/** What a segment may be once it has been decoded: nothing that is a sign in addresses, paths or shells. */
const DECODED = /^(?!-)(?!\.\.?$)[\p{L}\p{M}\p{N} ._~+(),&=-]+$/u;

const EXAMPLES = 'Write it like https://github.com/team/project.git or git@github.com:team/project.git.';

/**
 * Takes the address of a repository apart. What it lets through holds nothing that git, ssh, curl or a shell could take for
 * anything but an address: it is less than each of them would take.
 *
 * Whether the host may be reached is another question: `checkAllowed` in hosts.ts.
 *
 * @throws BadAddress
 */
export function parseGitAddress(text: string): GitAddress {
  if (text === '') {
    throw bad('The address of the git repository is missing.');
  }
  if (text.length > LONGEST) {
    throw bad(`The address of the git repository is longer than ${LONGEST} characters.`);
  }
  // Everything else that git or curl could read differently from this: controls, blanks, letters of other alphabets.
  if (/[^\x21-\x7e]/.test(text)) {
    throw bad('The address of the git repository holds a blank, a line end or a character that addresses do not have.');
  }
  if (text.startsWith('-')) {
    throw bad('The address of a git repository does not begin with "-".');
  }
  const url = URL_FORM.exec(text);
  if (url) {
    return fromUrl(url[1]?.toLowerCase() ?? '', url[2] ?? '', url[3] ?? '');
  }
  const short = SHORT_FORM.exec(text);
  if (short) {
    const [, user = '', host = '', path = ''] = short;
    checkUser(user);
    const checked = checkHost(host);
    checkPath(path.replace(/^\//, ''));
    return { protocol: 'ssh', host: checked, port: PORTS.ssh, user, path, url: `${user}@${checked}:${path}` };
  }
  if (/^[A-Za-z0-9+.-]+::/.test(text)) {
    throw bad('Repositories are fetched over https or ssh, not through other programs.');
  }
  throw bad('This is not the address of a git repository. Folders of this machine are none either.');
}

function fromUrl(scheme: string, authority: string, path: string): GitAddress {
  if (scheme !== 'https' && scheme !== 'http' && scheme !== 'ssh') {
    throw bad(`Repositories are fetched over https or ssh, not over "${scheme}".`);
  }
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? null : authority.slice(0, at);
  if (user !== null && (scheme !== 'ssh' || user.includes(':'))) {
    throw new BadAddress(
      'The address of the git repository holds a user name, a password or a token.',
      'Take out what stands before the "@", and store the token among your git credentials: there it stays secret.'
    );
  }
  if (user !== null) {
    checkUser(user);
  }
  const { host, port } = hostAndPort(authority.slice(at + 1), PORTS[scheme]);
  checkPath(path.slice(1).replace(/\/$/, ''));
  const shownHost = host.includes(':') ? `[${host}]` : host;
  const shownPort = port === PORTS[scheme] ? '' : `:${port}`;
  const account = scheme === 'ssh' ? (user ?? 'git') : null;
  return {
    protocol: scheme,
    host,
    port,
    user: account,
    path,
    url: `${scheme}://${account === null ? '' : `${account}@`}${shownHost}${shownPort}${path}`
  };
}

function hostAndPort(text: string, usual: number): { host: string; port: number } {
  const [, host = '', digits] = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? usual : Number(digits);
  if (host === '' || port < 1 || port > 65_535) {
    throw bad('The host in the address of the git repository is missing or not written as one.');
  }
  return { host: checkHost(host), port };
}

function checkUser(user: string): void {
  if (!SSH_USER.test(user)) {
    throw bad('The user name before the "@" of the address is none.');
  }
}

function checkPath(path: string): void {
  if (path === '') {
    throw bad('The address names a host, and no repository there.');
  }
  for (const segment of path.split('/')) {
    if (!SEGMENT.test(segment) || !DECODED.test(decoded(segment))) {
      throw bad('The path in the address holds something that paths of repositories do not have.');
    }
  }
}

/** Empty where it is not UTF-8. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function bad(message: string): BadAddress {
  return new BadAddress(message, EXAMPLES);
}
