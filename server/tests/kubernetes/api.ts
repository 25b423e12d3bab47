import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import type { KubernetesObject, List, Stored } from './objects';

const AGAIN_MS = 200;

/** Who asks the API server, and where it is. */
export interface Access {
  url: string;
  token: string;
  /** The certificate that the server's is signed with. */
  authority: string;
}

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** As the server names it: "NotFound", "Forbidden". */
    readonly reason: string,
    message: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** How a watch begins: with what was there before. */
export type WatchEvent = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A client of the Kubernetes API that can do what the tests and their kubelet need. */
export class KubernetesApi {
  private readonly agent: Agent;

  constructor(private readonly access: Access) {
    this.agent = new Agent({ ca: access.authority, keepAlive: true });
  }

  get<T extends KubernetesObject>(path: string): Promise<Stored<T>> {
    return this.ask('GET', path) as Promise<Stored<T>>;
  }

  list<T extends KubernetesObject>(path: string): Promise<List<T>> {
    return this.ask('GET', path) as Promise<List<T>>;
  }

  create<T extends KubernetesObject>(path: string, object: T): Promise<Stored<T>> {
    return this.ask('POST', path, JSON.stringify(object)) as Promise<Stored<T>>;
  }

  /** Creates the object that a text in YAML describes. */
  async createFromYaml(path: string, text: string): Promise<void> {
    await this.ask('POST', path, text, 'application/yaml');
  }

  /** Changes what `part` has of an object; what is null in it is taken away. */
  async merge(path: string, part: object): Promise<void> {
    await this.ask('PATCH', path, JSON.stringify(part), 'application/merge-patch+json');
  }

  async delete(path: string, options: object = {}): Promise<void> {
    await this.ask('DELETE', path, JSON.stringify(options));
  }

  /** A request as it is, for what has no method of its own here. */
  async ask(method: string, path: string, body?: string, type = 'application/json'): Promise<unknown> {
    const response = await this.open(method, path, { body, type });
    let text = '';
    for await (const part of response.setEncoding('utf8')) {
      text += part as string;
    }
    const answer = text.startsWith('{') ? (JSON.parse(text) as { reason?: string; message?: string }) : null;
    const status = response.statusCode ?? 0;
    if (status >= 300) {
      throw new ApiError(status, answer?.reason ?? '', `${method} ${path}: ${status} ${answer?.message ?? text}`);
    }
    return answer;
  }

  /** Tells of all objects of a list that are there, and of all that becomes of them until `signal` is aborted. */
  async watch<T extends KubernetesObject>(
    path: string,
    tell: (event: WatchEvent, object: Stored<T>) => void,
    signal: AbortSignal
  ): Promise<void> {
    const known = new Map<string, Stored<T>>();
    while (!signal.aborted) {
      try {
        await this.watchOnce(path, known, tell, signal);
      } catch {
        // The connection broke, or what was asked for is too long ago: from the beginning, in a moment.
        await delay(AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Closes the connections that are kept for further requests. */
  close(): void {
    this.agent.destroy();
  }

  private async watchOnce<T extends KubernetesObject>(
    path: string,
    known: Map<string, Stored<T>>,
    tell: (event: WatchEvent, object: Stored<T>) => void,
    signal: AbortSignal
  ): Promise<void> {
    const list = await this.list<T>(path);
    const there = new Map(list.items.map(one => [one.metadata.uid, one]));
    for (const [uid, object] of known) {
      if (!there.has(uid)) {
        known.delete(uid);
        tell('DELETED', object);
      }
    }
    for (const [uid, object] of there) {
      const before = known.get(uid);
      known.set(uid, object);
      if (before?.metadata.resourceVersion !== object.metadata.resourceVersion) {
        tell(before ? 'MODIFIED' : 'ADDED', object);
      }
    }
    const query = `watch=1&resourceVersion=${list.metadata.resourceVersion}`;
    const response = await this.open('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, { signal });
    for await (const line of createInterface({ input: response })) {
      const { type, object } = JSON.parse(line) as { type: WatchEvent | 'ERROR'; object: Stored<T> };
      if (type === 'ERROR') {
        return;
      }
      if (type === 'DELETED') {
        known.delete(object.metadata.uid);
      } else {
        known.set(object.metadata.uid, object);
      }
      tell(type, object);
    }
  }

  private open(
    method: string,
    path: string,
    { body, type, signal }: { body?: string; type?: string; signal?: AbortSignal }
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.access.token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) })
      };
      const sent = request(new URL(path, this.access.url), { method, headers, signal, agent: this.agent });
      sent.once('error', reject);
      sent.once('response', resolve);
      sent.end(body);
    });
  }
}
