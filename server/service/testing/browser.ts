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

  async open(path: string, headers: Record<string, string> = {}): Promise<PageReply> {
    const response = await fetch(new URL(path, this.test.origin + PREFIX), {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...headers
      }
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
