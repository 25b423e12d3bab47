import { Agent, request, type Dispatcher } from 'undici';
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
    this.passing = status === null || status >= 500 || status === 429 || status === 408 || foreign;
  }

  /** The same request may succeed later. */
  readonly passing: boolean;
}

const TIMEOUT = 5_000;
const LONGEST_REPLY = 2_000_000;
const LONGEST_REFUSAL = 100_000;

/** Calls the service in this server's name. */
export class ServiceClient {
  readonly #agent = new Agent({ keepAliveTimeout: 10_000, connectTimeout: TIMEOUT, allowH2: false });

  /** `serviceUrl` ends with a slash. */
  constructor(
    private readonly serviceUrl: string,
    private readonly apiToken: string
  ) {}

  /** Posts `body` and checks the reply. `url` is a path under the service or an absolute URL. Throws `ServiceError`. */
  async post<T extends TSchema>(url: string, body: unknown, reply: T, signal?: AbortSignal): Promise<Static<T>> {
    const content = await this.#text(url, JSON.stringify(body), signal);
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

  /** Opens a stream. The caller reads `body` or destroys it. Throws `ServiceError`. */
  async stream(url: string, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']> {
    const reply = await this.#request(url, {
      method: 'GET',
      headers: { accept: 'text/event-stream' },
      signal,
      headersTimeout: 10_000,
      bodyTimeout: 0
    });
    return reply.body;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #text(url: string, body: string, signal: AbortSignal | undefined): Promise<string> {
    const limit = AbortSignal.timeout(TIMEOUT);
    const reply = await this.#request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit])
    });
    let text = '';
    try {
      reply.body.setEncoding('utf8');
      for await (const chunk of reply.body) {
        text += chunk as string;
        if (text.length > LONGEST_REPLY) {
          throw new Error('The reply is too long');
        }
      }
    } catch (error) {
      throw new ServiceError(null, url, { cause: error });
    }
    return text;
  }

  async #request(
    url: string,
    { headers, ...options }: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> & { headers: Record<string, string> }
  ): Promise<Dispatcher.ResponseData> {
    let reply: Dispatcher.ResponseData;
    try {
      reply = await request(/^https?:\/\//.test(url) ? url : this.serviceUrl + url, {
        ...options,
        headers: { ...headers, authorization: `token ${this.apiToken}` },
        dispatcher: this.#agent
      });
    } catch (error) {
      throw new ServiceError(null, url, { cause: error });
    }
    // A redirect is not followed: it would take the token elsewhere.
    if (reply.statusCode < 200 || reply.statusCode > 299) {
      throw new ServiceError(reply.statusCode, url, { foreign: !(await isOurs(reply)) });
    }
    return reply;
  }
}

/** Whether a refusal has the shape that all those of the service have. */
async function isOurs(reply: Dispatcher.ResponseData): Promise<boolean> {
  if (Number(reply.headers['content-length'] ?? 0) > LONGEST_REFUSAL) {
    await reply.body.dump().catch(() => undefined);
    return false;
  }
  const body: unknown = await reply.body.json().catch(() => null);
  return typeof body === 'object' && body !== null && 'error' in body;
}
