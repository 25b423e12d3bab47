import { readFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import tls from 'node:tls';

import type { GitAddress } from '../../../../git/address';
import { BadAddress } from '../../../../git/bad-address';
import { checkHost } from '../../../../git/host';
import { checkAllowed } from '../../../../git/hosts';
import { ProblemError } from '../../../../problem-error';
import { unreachable } from '../failures';
import { addressesOf } from '../reach';
import { usesProxy, type Reach } from '../repository';

/** A request to a server that keeps files of Git LFS. */
export interface LfsRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** What such servers are reached with. */
export type LfsReach = Pick<Reach, 'hosts' | 'environment' | 'lookup' | 'transferMs'>;

const STALL_MS = 30_000;
const MOST_REDIRECTS = 3;

/** Asks servers whose addresses somebody's repository, or some server, has named. */
export interface LfsWeb {
  /**
   * The same hosts are reached as for repositories, at the IP addresses that were looked at. A redirect is followed where
   * `redirects` says so; where it leads is looked at likewise, and gets no header of the request's. What is answered breaks
   * off when `signal` is aborted, or the whole has taken as long as a transfer may.
   *
   * @throws BadAddress, ProblemError, or the reason of the signal
   */
  ask(request: LfsRequest, signal: AbortSignal, redirects?: boolean): Promise<IncomingMessage>;
  end(): void;
}

export function createLfsWeb({ hosts, environment, lookup, transferMs }: LfsReach): LfsWeb {
  const throughProxy = usesProxy(environment);
  const ways = { keepAlive: true, ...(throughProxy && { proxyEnv: { ...environment } }) };
  const agents = { https: new https.Agent({ ...ways, ca: trusted(environment) }), http: new http.Agent(ways) };

  async function askOnce({ method, url, headers, body }: LfsRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const address = addressOf(url);
    const { host } = address;
    const protocol = address.protocol === 'https' ? 'https' : 'http';
    const named = checkAllowed(address, hosts);
    const pinned = await addressesOf(address, named, throughProxy, lookup);
    signal.throwIfAborted();
    const agent = agents[protocol];
    const to = pinned.length > 0 ? { lookup: at(pinned) } : {};
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        const options = { method, headers, agent, signal, timeout: STALL_MS, ...to };
        const sent = (protocol === 'https' ? https : http).request(url, options, resolve);
        sent.once('timeout', () => sent.destroy(new Error(`nothing came for ${STALL_MS / 1_000} s`)));
        sent.once('error', reject);
        sent.end(body);
      });
    } catch (error) {
      signal.throwIfAborted();
      throw explained(error, host);
    }
  }

  return {
    async ask(request, signal, redirects = false) {
      const late = AbortSignal.timeout(transferMs);
      const either = AbortSignal.any([signal, late]);
      let { url, headers } = request;
      for (let followed = 0; ; followed++) {
        const response = await askOnce({ ...request, url, headers }, either).catch((error: unknown) => {
          signal.throwIfAborted();
          throw late.aborted ? explained(late.reason, new URL(url).hostname) : error;
        });
        const { location } = response.headers;
        if (!redirects || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined) {
          breakOffAt(either, response);
          return response;
        }
        response.destroy();
        const next = URL.parse(location, url);
        if (next === null || followed === MOST_REDIRECTS) {
          throw unreachable(new URL(url).hostname, `It sends on to ${location}`);
        }
        headers = {};
        url = next.href;
      }
    },
    end() {
      agents.https.destroy();
      agents.http.destroy();
    }
  };
}

/** A server that sends a byte now and then is never silent. */
function breakOffAt(signal: AbortSignal, response: IncomingMessage): void {
  const breakOff = () => response.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  signal.addEventListener('abort', breakOff);
  response.once('close', () => signal.removeEventListener('abort', breakOff));
  if (signal.aborted) {
    breakOff();
  }
}

/** What is asked for has the form of an address, and nothing of a name and a password in it. */
export function addressOf(url: string): GitAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !['https:', 'http:'].includes(parsed.protocol) || parsed.username + parsed.password !== '') {
    throw new BadAddress(
      'Files in Git LFS are kept at an address that is none of the web.',
      'Have it corrected in .lfsconfig, in the repository, or at its server.'
    );
  }
  const protocol = parsed.protocol === 'https:' ? 'https' : 'http';
  const port = Number(parsed.port) || (protocol === 'https' ? 443 : 80);
  return { protocol, host: checkHost(parsed.hostname), port, user: null, path: parsed.pathname, url: parsed.href };
}

/** The name is not looked up once more: what it means may have changed. */
function at(addresses: readonly string[]): LookupFunction {
  return (_host, { all }, callback) => {
    const found = addresses.map(address => ({ address, family: isIP(address) }));
    if (all) {
      callback(null, found);
    } else {
      callback(null, found[0]?.address ?? '', found[0]?.family);
    }
  };
}

/** Whom git would believe: the system's, and those whom the administrator has named for it. */
function trusted(environment: Readonly<Record<string, string>>): string[] {
  const named = [environment.GIT_SSL_CAINFO, environment.SSL_CERT_FILE].filter(file => file !== undefined);
  const own = named.flatMap(file => {
    try {
      return [readFileSync(file, 'utf8')];
    } catch {
      return [];
    }
  });
  return [...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...own];
}

function explained(error: unknown, host: string): ProblemError {
  const detail = error instanceof Error ? error.message : String(error);
  return /certificate|self.signed|altnames/i.test(detail)
    ? new ProblemError('git_unreachable', `${host}, which keeps files in Git LFS, is not trusted here.`, {
        fix: 'If the host is your organisation’s, ask your administrator to trust its certificate where dashboards run.',
        retryable: false,
        detail,
        cause: error
      })
    : unreachable(host, detail);
}
