import { BlockList, isIP } from 'node:net';

/**
 * Addresses that are nobody's on the internet: this machine, networks of a house, of a cluster, of a cloud's metadata
 * (IANA's registries of special-purpose addresses).
 */
const PRIVATE_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4]
] as const;

/** All that is not 2000::/3 besides, and what carries IPv4 addresses within. */
const PRIVATE_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20]
] as const;

const privateIpv4 = new BlockList();
PRIVATE_IPV4.forEach(([net, prefix]) => privateIpv4.addSubnet(net, prefix, 'ipv4'));
const privateIpv6 = new BlockList();
PRIVATE_IPV6.forEach(([net, prefix]) => privateIpv6.addSubnet(net, prefix, 'ipv6'));
const publicIpv6 = new BlockList();
publicIpv6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the internet. Anything that is none counts as not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !privateIpv4.check(address, 'ipv4');
    case 6:
      return publicIpv6.check(address, 'ipv6') && !privateIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}
