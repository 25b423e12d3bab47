import type { Agent, IncomingMessage, RequestOptions } from 'node:http';

import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** The service, or the Hub, answered with an error or not at all. */
export class ServiceError extends Error {
  readonly code = 'service_unavailable';

  /**
   * `status` is null when there was no answer. `foreign`: it was not the service that answered, but something on the way
   * to it, such as a proxy that does not know it yet.
   */
  constructor(
    readonly status: number | null,
    path: string,
    { foreign = false, ...options }: ErrorOptions & { foreign?: boolean } = {}
  ) {
    super(status === null ? `No answer to ${path}` : `Status ${status} for ${path}`, options);
    // Whoever finds a request too long, it is as long the next time.
    const elsewhere = foreign && status !== 413;
    this.passing = status === null || status >= 500 || status === 429 || status === 408 || elsewhere;
  }

  /** The same request may succeed later. */
  readonly passing: boolean;
}

const TIMEOUT = 5_000;
/** A stream begins with the head of its reply. */
const STREAM_BEGINS = 10_000;
const IDLE = 10_000;
const LONGEST_REPLY = 2_000_000;
const LONGEST_REFUSAL = 100_000;

/** Calls the service in this server's name. */
export class ServiceClient {
  readonly #agents = new Map<'node:http' | 'node:https', Agent>();

  /** `serviceUrl` ends with a slash. */
  constructor(
    private readonly serviceUrl: string,
    private readonly apiToken: string
  ) {}

  /** Posts `body` and checks the reply. `url` is a path under the service or an absolute URL. Throws `ServiceError`. */
  async post<T extends TSchema>(url: string, body: unknown, reply: T, signal?: AbortSignal): Promise<Static<T>> {
    return this.#checked(url, await this.#text(url, JSON.stringify(body), signal), reply);
  }

  /** Reads something and checks it. Throws `ServiceError`. */
  async get<T extends TSchema>(url: string, reply: T, signal?: AbortSignal): Promise<Static<T>> {
    return this.#checked(url, await this.#text(url, undefined, signal), reply);
  }

  #checked<T extends TSchema>(url: string, content: string, reply: T): Static<T> {
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (error) {
      throw new ServiceError(502, url, { cause: error });
    }
    if (!Value.Check(reply, value)) {
      throw new ServiceError(502, url, { cause: new Error('The reply has another shape than agreed') });
    }
    return value;
  }

  /** Posts `body`; the reply's content does not matter. */
  async tell(url: string, body: unknown, signal?: AbortSignal): Promise<void> {
    await this.#text(url, JSON.stringify(body), signal);
  }

  /** Opens a stream. The caller reads it to its end or destroys it. Throws `ServiceError`. */
  async stream(url: string, signal: AbortSignal): Promise<IncomingMessage> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('The stream did not begin')), STREAM_BEGINS);
    try {
      return await this.#request(url, {
        method: 'GET',
        headers: { accept: 'text/event-stream' },
        signal: AbortSignal.any([signal, late.signal])
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Breaks off everything that is under way. */
  close(): void {
    this.#agents.forEach(agent => agent.destroy());
  }

  async #text(url: string, body: string | undefined, signal: AbortSignal | undefined): Promise<string> {
    const limit = AbortSignal.timeout(TIMEOUT);
    const reply = await this.#request(
      url,
      {
        ...(body === undefined
          ? { method: 'GET' }
          : {
              method: 'POST',
              headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
            }),
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit])
      },
      body
    );
    try {
      return await textOf(reply, LONGEST_REPLY);
    } catch (error) {
      throw new ServiceError(null, url, { cause: error });
    }
  }

  async #request(url: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
    let reply: IncomingMessage;
    try {
      const headers = { ...options.headers, authorization: `token ${this.apiToken}` };
      reply = await this.#reply(new URL(url, this.serviceUrl), { ...options, headers }, body);
    } catch (error) {
      throw new ServiceError(null, url, { cause: error });
    }
    const { statusCode: status = 0 } = reply;
    // A redirect is not followed: it would take the token elsewhere.
    if (status < 200 || status > 299) {
      throw new ServiceError(status, url, { foreign: !(await isOurs(reply)) });
    }
    return reply;
  }

  async #reply(url: URL, options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
    // What encrypts is loaded where it is needed: only where the service is on another machine.
    const module = url.protocol === 'https:' ? 'node:https' : 'node:http';
    const http = module === 'node:https' ? await import('node:https') : await import('node:http');
    const agent = this.#agents.get(module) ?? new http.Agent({ keepAlive: true, timeout: IDLE });
    this.#agents.set(module, agent);
    return new Promise((resolve, reject) => {
      http
        .request(url, { ...options, agent }, resolve)
        .on('error', reject)
        .end(body);
    });
  }
}

/** The whole of a reply. Throws when it is longer than `limit` characters, or not whole. */
async function textOf(reply: IncomingMessage, limit: number): Promise<string> {
  let text = '';
  reply.setEncoding('utf8');
  for await (const piece of reply) {
    text += piece as string;
    if (text.length > limit) {
      throw new Error('The reply is too long');
    }
  }
  return text;
}

/** Whether a refusal has the shape that all those of the service have. */
async function isOurs(reply: IncomingMessage): Promise<boolean> {
  try {
    const body: unknown = JSON.parse(await textOf(reply, LONGEST_REFUSAL));
    return typeof body === 'object' && body !== null && 'error' in body;
  } catch {
    return false;
  }
}
