import type { GitAddress } from '../../../git/address';

/** Whom ssh is to believe and as whom it comes, as paths of files. */
export interface SshIdentity {
  /** Null: none. `own`: as the author would from a terminal. */
  key: string | 'own' | null;
  /** Keys of hosts that somebody has given; null: those met before. */
  knownHosts: string | null;
  /** Where the keys of hosts are kept that were met first by this dashboard. */
  met: string;
}

/**
 * The command line that git starts ssh with, for a shell: git splits it by one.
 *
 * @param pinned - the IP address that was looked at
 */
export function sshCommand(address: GitAddress, pinned: string | undefined, identity: SshIdentity): string {
  const { host, port } = address;
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=20',
    'ServerAliveInterval=10',
    'ServerAliveCountMax=3',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ControlMaster=no',
    'ControlPath=none',
    'PreferredAuthentications=publickey',
    'UpdateHostKeys=no',
    'LogLevel=ERROR',
    `HostKeyAlias=${port === 22 ? host : `[${host}]:${port}`}`,
    ...(pinned === undefined ? [] : [`HostName=${pinned}`]),
    ...(identity.knownHosts === null
      ? ['StrictHostKeyChecking=accept-new', `UserKnownHostsFile=${metBefore(identity)}`]
      : ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${quotedForSsh(identity.knownHosts)}`])
  ];
  const words = ['ssh'];
  if (identity.key !== 'own') {
    words.push('-F', 'none');
    options.push('IdentitiesOnly=yes', 'IdentityAgent=none', `IdentityFile=${quotedForSsh(identity.key ?? 'none')}`);
  }
  return [...words, ...options.flatMap(option => ['-o', option])].map(quotedForShell).join(' ');
}

/** Whom ssh is to reach, as git names it. */
export function sshDestination({ user, host, port }: GitAddress): string[] {
  return [...(port === 22 ? [] : ['-p', String(port)]), '--', `${user === null ? '' : `${user}@`}${host}`];
}

/** New keys are written to the first file. */
function metBefore({ key, met }: SshIdentity): string {
  return key === 'own' ? `${quotedForSsh(met)} ~/.ssh/known_hosts` : quotedForSsh(met);
}

function quotedForSsh(file: string): string {
  // ssh puts other things in the place of %h and the like.
  const plain = file.replaceAll('%', '%%');
  return /\s/.test(plain) ? `"${plain}"` : plain;
}

function quotedForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
