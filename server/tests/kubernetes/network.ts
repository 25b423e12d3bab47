import { randomInt } from 'node:crypto';

import { command } from './command';

/** The network of the cluster's pods: a bridge of this machine, which is their gateway. */
export interface PodNetwork {
  /** The machine's own address in it. */
  gateway: string;
  bridge: string;
  /** Makes a network namespace with an address of its own. */
  attach(): Promise<PodAddress>;
  /** Takes the bridge away, once no pod is attached. */
  remove(): Promise<void>;
}

export interface PodAddress {
  ip: string;
  /** Of `ip netns`. */
  namespace: string;
  /** The beginning of a command line that is run with this address. */
  inside: string[];
  detach(): Promise<void>;
}

const ATTEMPTS = 20;
/**
 * Of the bridge. Without one of its own it has the lowest of those of its ports: with each pod that goes it may get another, and
 * answers that are on their way to the old one are lost for up to a minute.
 */
const HARDWARE_ADDRESS = '02:00:00:00:00:01';
/** Of 254: the first is the gateway's. */
const LAST_HOST = 250;

/** Makes a bridge; its name and those of all namespaces begin with `id`, which has at most eight characters. */
export async function makePodNetwork(id: string): Promise<PodNetwork> {
  const subnet = await freeSubnet();
  const bridge = `${id}br`;
  const gateway = `${subnet}.1`;
  await command('ip', 'link', 'add', bridge, 'address', HARDWARE_ADDRESS, 'type', 'bridge');
  const remove = async () => void (await command('ip', 'link', 'delete', bridge));
  try {
    await command('ip', 'address', 'add', `${gateway}/24`, 'dev', bridge);
    await command('ip', 'link', 'set', bridge, 'up');
  } catch (error) {
    await remove();
    throw error;
  }
  const free = Array.from({ length: LAST_HOST - 1 }, (_, index) => index + 2);
  return {
    gateway,
    bridge,
    remove,
    async attach() {
      const host = free.shift();
      if (host === undefined) {
        throw new Error('the network of the test cluster has no address left');
      }
      const address = podAddress({ ip: `${subnet}.${host}`, gateway, bridge, namespace: `${id}-${host}` });
      await address.attach();
      return {
        ip: address.ip,
        namespace: address.namespace,
        inside: ['nsenter', `--net=/run/netns/${address.namespace}`, '--'],
        async detach() {
          await address.detach();
          // Last in line: whoever still knows the address meets nobody for a while, as in a real cluster.
          free.push(host);
        }
      };
    }
  };
}

interface Place {
  ip: string;
  gateway: string;
  bridge: string;
  namespace: string;
}

function podAddress({ ip, gateway, bridge, namespace }: Place) {
  const inside = (...args: string[]) => command('ip', '-n', namespace, ...args);
  // Its other end is deleted with the namespace.
  const cable = namespace;
  const detach = async () => void (await command('ip', 'netns', 'delete', namespace));
  return {
    ip,
    namespace,
    detach,
    async attach() {
      await command('ip', 'netns', 'add', namespace);
      try {
        await command('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
        await command('ip', 'link', 'set', cable, 'master', bridge, 'up');
        await inside('address', 'add', `${ip}/24`, 'dev', 'eth0');
        await inside('link', 'set', 'eth0', 'up');
        await inside('link', 'set', 'lo', 'up');
        await inside('route', 'add', 'default', 'via', gateway);
      } catch (error) {
        await detach();
        throw error;
      }
    }
  };
}

/** The first three numbers of a private network that this machine has no other way to. */
async function freeSubnet(): Promise<string> {
  const { addresses, routes } = {
    addresses: await command('ip', '-4', '-o', 'address'),
    routes: await command('ip', '-4', 'route')
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const subnet = `10.${randomInt(64, 250)}.${randomInt(0, 255)}`;
    if (![addresses, routes].some(text => text.includes(` ${subnet}.`) || text.startsWith(`${subnet}.`))) {
      return subnet;
    }
  }
  throw new Error('found no free network for the pods of the test cluster');
}
