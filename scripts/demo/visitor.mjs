import { request } from './request.mjs';

const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none'
};

/**
 * A person at a browser, as far as cookies and redirects go. Cookies belong to a host name and a path, not to a port, so
 * the Hub on 127.0.0.1 and dashboards on localhost do not see each other's.
 */
export class Visitor {
  #cookies = [];

  /**
   * Opens an address as the address bar does, and follows redirects.
   *
   * @param {string | URL} url
   * @param {{ method?: string, headers?: Record<string, string>, body?: string | URLSearchParams, signal?: AbortSignal }} [init]
   * @returns {Promise<{ status: number, url: string, text: string, lastMs: number }>} `lastMs` is what the last hop took
   */
  async open(url, init = {}) {
    let target = new URL(url);
    let { method, body } = init;
    for (let hops = 0; hops < 20; hops++) {
      const headers = { ...NAVIGATION, ...init.headers, cookie: this.cookieHeader(target) };
      const asked = performance.now();
      const { status, headers: answer, text } = await request(target, { ...init, method, body, headers });
      this.#keep(target, answer['set-cookie'] ?? []);
      if (status < 300 || status >= 400 || answer.location === undefined) {
        return { status, url: target.href, text, lastMs: performance.now() - asked };
      }
      target = new URL(answer.location, target);
      if (status !== 307 && status !== 308) {
        [method, body] = ['GET', undefined];
      }
    }
    throw new Error(`${url} redirects without end`);
  }

  /** The cookies for a request, as the header's value. */
  cookieHeader(url) {
    const { hostname, pathname } = new URL(url);
    return this.#cookies
      .filter(({ host, path }) => host === hostname && covers(path, pathname))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** The value of one cookie that goes to `url`, or undefined. */
  cookie(url, name) {
    const { hostname, pathname } = new URL(url);
    return this.#cookies.find(one => one.name === name && one.host === hostname && covers(one.path, pathname))?.value;
  }

  #keep(target, lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map(part => part.trim());
      const split = pair.indexOf('=');
      const attribute = name =>
        attributes.find(one => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
      const name = pair.slice(0, split);
      const path = attribute('path') ?? '/';
      this.#cookies = this.#cookies.filter(
        one => one.name !== name || one.host !== target.hostname || one.path !== path
      );
      const expires = attribute('expires');
      const lapsed = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (!lapsed) {
        this.#cookies.push({ name, value: pair.slice(split + 1), host: target.hostname, path });
      }
    }
  }
}

function covers(path, pathname) {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
