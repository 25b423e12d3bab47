/** What a private repository is read with. Only git gets it, for this host alone. */
export type GitCredential =
  | { kind: 'token'; host: string; username: string | null; token: string }
  | { kind: 'ssh_key'; host: string; privateKey: string; knownHosts: string | null };

/**
 * The name that goes with a token. Most hosts look at the token alone; GitLab wants `oauth2` for those of a sign-in, and
 * Bitbucket a name of its own.
 */
export function usernameFor({ host, username }: { host: string; username: string | null }): string {
  return username ?? (host === 'bitbucket.org' ? 'x-token-auth' : 'oauth2');
}

/** What must not be read in any line: the secret itself, and as it stands in an address or in a header. */
export function secretsOf(credential: GitCredential): string[] {
  if (credential.kind === 'ssh_key') {
    return credential.privateKey.split('\n').filter(line => line.length > 20 && !line.startsWith('-----'));
  }
  const basic = Buffer.from(`${usernameFor(credential)}:${credential.token}`).toString('base64');
  return [credential.token, basic];
}
