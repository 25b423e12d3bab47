import { isIP } from 'node:net';

import { BadAddress } from './bad-address';

const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** Programs read such a last part as a number, and the whole as an IPv4 address: 2130706433, 0x7f.1, 127.1. */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * A host as all programs understand it: a name in ASCII, an IPv4 address of four decimal numbers, or an IPv6 address in
 * brackets.
 *
 * @returns it in lower case, IPv6 without the brackets
 * @throws BadAddress
 */
export function checkHost(text: string): string {
  const host = text.toLowerCase();
  if (host.startsWith('[')) {
    const address = host.slice(1, -1);
    if (host.endsWith(']') && isIP(address) === 6 && !address.includes('%')) {
      return address;
    }
  } else if (isIP(host) === 4) {
    return host;
  } else if (NAME.test(host) && !NUMBER.test(host.slice(host.lastIndexOf('.') + 1))) {
    return host;
  }
  throw new BadAddress(
    'The host in the address of the git repository is not written as one.',
    'Write its name in plain letters (github.com); one with letters of other alphabets in its form with "xn--".'
  );
}
