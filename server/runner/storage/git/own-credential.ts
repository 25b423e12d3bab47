import type { GitAddress } from '../../../git/address';
import type { GitCredential } from './credential';
import { runGit } from './run-git';

const LIMIT_MS = 30_000;

/**
 * Asks the author's own credential helper, as git in a terminal of theirs would; nothing is asked of a person.
 *
 * @returns null where it knows nothing for this host
 */
export async function askOwnHelper(
  address: GitAddress,
  home: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<GitCredential | null> {
  const { protocol, host, port, path } = address;
  const usual = protocol === 'https' ? 443 : 80;
  const place = `${host.includes(':') ? `[${host}]` : host}${port === usual ? '' : `:${port}`}`;
  const { code, stdout } = await runGit(
    ['-c', 'core.askPass=', '-c', 'credential.interactive=false', 'credential', 'fill'],
    {
      // No repository of anybody's.
      folder: '/',
      environment: {
        ...environment,
        HOME: home,
        LC_ALL: 'C.UTF-8',
        GIT_TERMINAL_PROMPT: '0',
        GIT_ASKPASS: '',
        SSH_ASKPASS: ''
      },
      signal,
      input: `protocol=${protocol}\nhost=${place}\npath=${path.slice(1)}\n\n`,
      limitMs: LIMIT_MS
    }
  );
  const told = new Map(
    stdout
      .toString('utf8')
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
  );
  const token = told.get('password');
  return code === 0 && token ? { kind: 'token', host, username: told.get('username') ?? null, token } : null;
}
