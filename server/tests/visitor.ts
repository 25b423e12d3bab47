import { ask, type Reply } from './request';

export interface Answer {
  status: number;
  url: string;
  text: string;
  /** Every address on the way, the last one included. */
  way: string[];
}

export interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
}

/** A person with a browser, as far as redirects and cookies by host and path go. */
export class Visitor {
  #cookies: Cookie[] = [];

  /** What the browser keeps. */
  cookies(): readonly Cookie[] {
    return this.#cookies;
  }

  async open(address: string, headers: Record<string, string> = {}, form?: URLSearchParams): Promise<Answer> {
    let target = new URL(address);
    const way: string[] = [];
    for (let body = form; way.length < 25; body = undefined) {
      way.push(target.href);
      const { status, headers: answered, text } = await this.#ask(target, headers, body);
      if (!answered.location) {
        return { status, url: target.href, text, way };
      }
      target = new URL(answered.location, target);
    }
    throw new Error(`redirects without end: ${way.join(' -> ')}`);
  }

  /** Opens an address, and signs in at the Hub on the way if it asks for that. */
  async openAs(user: string, address: string): Promise<Answer> {
    const answer = await this.open(address);
    const { pathname, href } = new URL(answer.url);
    if (!pathname.endsWith('/hub/login')) {
      return answer;
    }
    const xsrf = /name="_xsrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';
    return this.open(href, {}, new URLSearchParams({ username: user, password: 'any', _xsrf: xsrf }));
  }

  async #ask(target: URL, headers: Record<string, string>, form?: URLSearchParams): Promise<Reply> {
    const reply = await ask(target, {
      method: form ? 'POST' : 'GET',
      headers: {
        accept: 'text/html',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...headers,
        cookie: this.cookieHeader(target),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {})
      },
      body: form?.toString()
    });
    this.#keep(target, reply.headers['set-cookie'] ?? []);
    return reply;
  }

  /** What the browser sends there of what it keeps. */
  cookieHeader({ hostname, pathname }: URL): string {
    return this.#cookies
      .filter(({ host, path }) => host === hostname && (pathname === path || pathname.startsWith(asFolder(path))))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #keep({ hostname }: URL, lines: string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
      const [name = '', ...value] = pair.split('=');
      const path = attributes.find(one => /^path=/i.test(one))?.slice(5) ?? '/';
      const gone = attributes.some(
        one => /^max-age=0$/i.test(one) || (/^expires=/i.test(one) && Date.parse(one.slice(8)) < Date.now())
      );
      this.#cookies = this.#cookies.filter(one => one.name !== name || one.host !== hostname || one.path !== path);
      if (!gone) {
        this.#cookies.push({ name, value: value.join('='), host: hostname, path });
      }
    }
  }
}

function asFolder(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
