import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What becomes of a request instead of what should. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body?: object }
  /** Broken off before it reaches the API server, or when that has done what was asked. */
  | 'drop'
  | 'drop-answer'
  /** The API server's answer, changed. */
  | ((text: string) => string);

/** A proxy in front of an API server that does not always do what it should. */
export interface FaultyProxy {
  /** Of a client that asks by way of it. */
  kubeconfig: string;
  /** Asked for each request: what to do with it; undefined lets it through. */
  fault: (method: string, path: string) => Fault | undefined;
  /** Requests so far, as `GET /api/…`. */
  asked: string[];
  /** Breaks off answers that are under way, as watches are, of which there are so many. */
  cut(path: RegExp): number;
  stop(): Promise<void>;
}

interface Kubeconfig {
  clusters: {
    cluster: { server: string; 'certificate-authority-data'?: string; 'insecure-skip-tls-verify'?: boolean };
  }[];
}

/** Stands between whoever has `original`, a file of the test cluster's, and its API server. */
export async function startFaultyProxy(original: string, copy: string, host = '127.0.0.1'): Promise<FaultyProxy> {
  const config = JSON.parse(readFileSync(original, 'utf8')) as Kubeconfig;
  const [{ cluster }] = config.clusters as [Kubeconfig['clusters'][number]];
  const upstream = cluster.server;
  const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64');
  const underWay = new Map<ServerResponse, string>();
  const proxy: FaultyProxy = {
    kubeconfig: copy,
    fault: () => undefined,
    asked: [],
    cut(path) {
      const found = [...underWay].filter(([, url]) => path.test(url));
      found.forEach(([answer]) => answer.destroy());
      return found.length;
    },
    stop: () => Promise.resolve()
  };

  const server = createServer((asked, answer) => {
    const { method = '', url = '' } = asked;
    proxy.asked.push(`${method} ${url}`);
    underWay.set(answer, url);
    answer.once('close', () => underWay.delete(answer));
    const fault = proxy.fault(method, url);
    if (fault === 'drop') {
      asked.destroy();
    } else if (typeof fault === 'object') {
      asked.resume();
      answer.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      answer.end(JSON.stringify(fault.body ?? {}));
    } else {
      forward(asked, answer, fault);
    }
  });

  function forward(asked: IncomingMessage, answer: ServerResponse, fault?: 'drop-answer' | ((text: string) => string)) {
    const sent = request(new URL(asked.url ?? '', upstream), { method: asked.method, headers: asked.headers, ca });
    sent.once('error', () => answer.destroy());
    answer.once('close', () => sent.destroy());
    sent.once('response', async response => {
      const { statusCode = 0, headers } = response;
      if (!fault) {
        // Of a watch each event as it comes.
        answer.writeHead(statusCode, { 'content-type': headers['content-type'] ?? '' }).flushHeaders();
        response.pipe(answer);
        return;
      }
      let text = '';
      for await (const part of response.setEncoding('utf8')) {
        text += part as string;
      }
      if (fault === 'drop-answer') {
        answer.destroy();
        return;
      }
      answer.writeHead(statusCode, { 'content-type': headers['content-type'] ?? '' });
      answer.end(fault(text));
    });
    asked.pipe(sent);
  }

  await new Promise<void>(resolve => server.listen(0, host, resolve));
  cluster.server = `http://${host}:${(server.address() as AddressInfo).port}`;
  delete cluster['certificate-authority-data'];
  // Nothing is encrypted on this way, which clients want to be told.
  cluster['insecure-skip-tls-verify'] = true;
  writeFileSync(copy, JSON.stringify(config), { mode: 0o600 });
  proxy.stop = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  return proxy;
}
