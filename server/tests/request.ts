import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Every name is this machine: not all systems know the names below `localhost`, which browsers take for it. */
const lookup: LookupFunction = (_, { all }, answer) =>
  all ? answer(null, [{ address: '127.0.0.1', family: 4 }]) : answer(null, '127.0.0.1', 4);

/** One that has waited may be closed by the proxy in the moment when it is used again: each request has one of its own. */
const agent = new Agent({ keepAlive: false });

/** One HTTP request with exactly these headers (fetch adds some of its own), without following redirects. */
export function ask(url: URL | string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method, headers: { ...length, ...headers }, lookup, agent });
    sent.once('error', reject);
    sent.once('response', response => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString()
        })
      );
    });
    sent.end(body);
  });
}
