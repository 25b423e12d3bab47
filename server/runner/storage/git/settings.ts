import { isIP } from 'node:net';

import type { GitAddress } from '../../../git/address';

/**
 * Objects that git writers of old have made a little wrong, and that do no harm. Everything else that git finds wrong with
 * a repository is refused: names like `.git` or `..`, in whatever writing, trees that list a name twice.
 */
const HARMLESS = [
  'zeroPaddedFilemode',
  'missingSpaceBeforeDate',
  'badTimezone',
  'missingEmail',
  'badEmail',
  'missingNameBeforeEmail'
];

/** What git is told for every run, before anything that a repository or a person has set. */
const SETTINGS: readonly string[] = [
  // No program of a repository's, or of anybody's, is run by git.
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.askPass=',
  'credential.helper=',
  'protocol.allow=never',
  // Objects are looked at as they come in.
  'transfer.fsckObjects=true',
  ...HARMLESS.map(kind => `fetch.fsck.${kind}=ignore`),
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  // Files are what is in the repository, byte for byte.
  'core.autocrlf=false',
  'core.symlinks=true',
  'core.fileMode=true',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  // A version that shares a file with the checkout changes its ctime, and nothing else.
  'core.trustctime=false',
  'fetch.unpackLimit=1',
  // Nothing goes on in the background.
  'gc.auto=0',
  'maintenance.auto=false',
  'safe.directory=*'
];

/** `-c` and a setting, for each of them. */
export function asArguments(settings: readonly string[]): string[] {
  return settings.flatMap(setting => ['-c', setting]);
}

/** Settings of runs that reach nobody. */
export function localSettings(): string[] {
  return asArguments(SETTINGS);
}

const STALL_SECONDS = 30;

/**
 * Settings of runs that reach the repository at `address`, and nothing else.
 *
 * @param pinned - the IP addresses that were looked at: the name is not looked up once more
 */
export function networkSettings(address: GitAddress, pinned: readonly string[]): string[] {
  const { protocol, host, port } = address;
  const settings = [...SETTINGS, `protocol.${protocol}.allow=always`];
  if (protocol !== 'ssh') {
    // Where a redirect leads has been looked at by nobody.
    settings.push('http.followRedirects=false', 'http.lowSpeedLimit=100', `http.lowSpeedTime=${STALL_SECONDS}`);
    // What is written as a number is never looked up.
    if (pinned.length > 0 && isIP(host) === 0) {
      const addresses = pinned.map(one => (one.includes(':') ? `[${one}]` : one));
      settings.push(`http.curloptResolve=${host}:${port}:${addresses.join(',')}`);
    }
  }
  return asArguments(settings);
}

/** What administrators set for all programs of a server: the way out of their network, and whom they trust there. */
const PASSED_ON =
  /^(?:PATH|LD_LIBRARY_PATH|(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR)|GIT_SSL_CA(?:INFO|PATH)|GIT_PROXY_SSL_CAINFO)$/i;

/**
 * Environment of git, made from nothing.
 *
 * @param home - a folder with nothing in it
 * @param protocol - the only one that it may speak; null: none
 */
export function gitEnvironment(
  base: Readonly<Record<string, string>>,
  home: string,
  protocol: GitAddress['protocol'] | null
): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...Object.fromEntries(Object.entries(base).filter(([name]) => PASSED_ON.test(name))),
    HOME: home,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PROTOCOL_FROM_USER: '0',
    // Stronger than any setting.
    GIT_ALLOW_PROTOCOL: protocol ?? 'none'
  };
}
