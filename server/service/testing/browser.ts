import { request } from 'node:http';

import { eventually, PREFIX, type TestService } from './test-service';

export interface PageReply {
  status: number;
  location: string | null;
  text: string;
  cookies: string[];
  headers: Headers;
}

/** A person's browser, as far as cookies of the service go. It does not follow redirects. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(readonly test: TestService) {
    this.cookies.set('jupyterhub-session-id', 'first');
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  open(path: string, headers: Record<string, string> = {}): Promise<PageReply> {
    return this.send('GET', path, { accept: 'text/html', ...headers });
  }

  /** Sends a form of the service's own pages. */
  submit(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<PageReply> {
    const own = { accept: 'text/html', 'sec-fetch-site': 'same-origin', ...headers };
    return this.send('POST', path, own, new URLSearchParams(fields));
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | URLSearchParams
  ): Promise<PageReply> {
    const form: Record<string, string> =
      body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const {
      status,
      headers: answer,
      text
    } = await exchange(
      method,
      new URL(path, this.test.origin + PREFIX),
      { cookie: this.cookieHeader, ...form, ...headers },
      body?.toString()
    );
    const cookies = answer.getSetCookie();
    for (const cookie of cookies) {
      const [pair = ''] = cookie.split(';');
      const split = pair.indexOf('=');
      if (pair.length > 4_096) {
        continue; // As browsers do, without a word.
      }
      if (cookie.includes('Max-Age=0')) {
        this.cookies.delete(pair.slice(0, split));
      } else {
        this.cookies.set(pair.slice(0, split), pair.slice(split + 1));
      }
    }
    return { status, location: answer.get('location'), text, cookies, headers: answer };
  }

  /** The value of a hidden field of a page's form. */
  async field(path: string, name: string): Promise<string> {
    const { text } = await this.open(path, { 'sec-fetch-site': 'none' });
    return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  }

  /** The token that a page carries for changes, or undefined where it offers none. */
  async xsrf(path = ''): Promise<string | undefined> {
    const { text } = await this.open(path, { 'sec-fetch-site': 'none' });
    return /<meta name="dashboards-xsrf" content="([^"]+)"/.exec(text)?.[1];
  }

  /** Opens a page, comes back from the Hub as `user`. @returns the reply of the callback */
  async signIn(user: string, path = ''): Promise<PageReply> {
    const sent = await this.open(path);
    const state = new URL(sent.location ?? '', this.test.origin).searchParams.get('state') ?? '';
    return this.open(`oauth_callback?code=${user}-code&state=${state}`);
  }

  /** Looks again and again, as the starting page does. */
  eventually(path: string, wanted: (reply: PageReply) => boolean): Promise<PageReply> {
    return eventually(async () => {
      const reply = await this.open(path);
      return wanted(reply) && reply;
    });
  }
}

/** One request as it is written here: `fetch` has a mind of its own about `Sec-Fetch-Mode`. */
function exchange(
  method: string,
  url: URL,
  headers: Record<string, string>,
  body: string | undefined
): Promise<{ status: number; headers: Headers; text: string }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method, headers: { ...headers, ...length }, agent: false }, response => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value])
        );
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(pairs),
          text: Buffer.concat(parts).toString()
        });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
