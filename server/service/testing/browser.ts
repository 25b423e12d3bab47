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
    const response = await fetch(new URL(path, this.test.origin + PREFIX), {
      method,
      redirect: 'manual',
      headers: { cookie: this.cookieHeader, ...headers },
      body
    });
    const cookies = response.headers.getSetCookie();
    for (const cookie of cookies) {
      const [pair = ''] = cookie.split(';');
      const split = pair.indexOf('=');
      if (cookie.includes('Max-Age=0')) {
        this.cookies.delete(pair.slice(0, split));
      } else {
        this.cookies.set(pair.slice(0, split), pair.slice(split + 1));
      }
    }
    const { status, headers: answer } = response;
    return { status, location: answer.get('location'), text: await response.text(), cookies, headers: answer };
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
