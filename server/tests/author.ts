import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import {
  FINAL_BUILD_STATES,
  type Build,
  type BuildReply,
  type Dashboard,
  type ErrorReply,
  type VersionList
} from '../contract';
import { EventReader } from '../service/testing/events';
import { eventually } from '../service/testing/test-service';
import type { TestHub } from './hub';
import { ask } from './request';
import { Visitor, type Answer } from './visitor';

const BUILD_MS = 60_000;

export interface ApiAnswer<T> {
  status: number;
  body: T;
}

/** A user of the hub who publishes with the token that JupyterLab would have, and looks at the result in a browser. */
export class Author {
  readonly home: string;
  readonly visitor = new Visitor();
  #steady: Promise<Dashboard> | null = null;

  private constructor(
    private readonly hub: TestHub,
    readonly name: string,
    private readonly token: string
  ) {
    this.home = hub.home(name);
  }

  static async of(hub: TestHub, name: string): Promise<Author> {
    const scopes = ['access:services!service=dashboards', `access:servers!server=${name}/`];
    return new Author(hub, name, await hub.token(name, scopes));
  }

  write(file: string, text: string | Uint8Array): void {
    const path = join(this.home, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** What a publish of `<folder>/<entry>` asks for: run as a command, unless `changes` name a framework or say `detect`. */
  request(name: string, folder: string, entry: string, changes?: object): object {
    return { name, ...this.change(folder, entry, changes) };
  }

  /** What an update to that asks for. */
  change(folder: string, entry: string, changes: object = {}): object {
    const source = { kind: 'files', root: join(this.home, folder), entry, scope: 'folder' };
    const { detect = false, ...others } = { ...(changes as { detect?: boolean }) };
    const command = detect || 'framework' in others ? {} : { framework: 'command', command: '{python} {entry}' };
    return { source, ...command, ...others };
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<ApiAnswer<T>> {
    const type: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
    const reply = await ask(`${this.hub.serviceUrl}api/v1/${path}`, {
      method,
      headers: { authorization: `token ${this.token}`, ...type, ...headers },
      body: body ? JSON.stringify(body) : undefined
    });
    const json = /^application\/json/.test(reply.headers['content-type'] ?? '');
    return { status: reply.status, body: (json ? JSON.parse(reply.text) : reply.text) as T };
  }

  /** Listens to events of the API. */
  listen<T>(path: string, lastEventId?: string): Promise<EventReader<T>> {
    return EventReader.open(`${this.hub.serviceUrl}api/v1/${path}`, this.token, lastEventId);
  }

  /** Publishes, and expects the request to be taken: what is wrong shows in the build. */
  async publish(request: object): Promise<Dashboard> {
    return accepted(await this.call('POST', 'dashboards', request)).dashboard;
  }

  async update(id: string, request: object): Promise<Build> {
    return accepted(await this.call('POST', `dashboards/${id}/versions`, request)).build;
  }

  /** The reply to a request that must not be taken. */
  async refused(method: string, path: string, body?: unknown): Promise<ErrorReply['error'] & { status: number }> {
    const answer = await this.call<ErrorReply>(method, path, body);
    if (answer.status < 400) {
      throw new Error(`${method} ${path} was taken with ${answer.status}`);
    }
    return { status: answer.status, ...answer.body.error };
  }

  async dashboard(id: string): Promise<Dashboard> {
    return (await this.call<{ dashboard: Dashboard }>('GET', `dashboards/${id}`)).body.dashboard;
  }

  build(id: string): Promise<Build> {
    return this.call<Build>('GET', `builds/${id}`).then(({ body }) => body);
  }

  /** The build once it has ended, however it did. */
  ended(id: string): Promise<Build> {
    return eventually(async () => {
      const build = await this.build(id);
      return FINAL_BUILD_STATES.includes(build.state) && build;
    }, BUILD_MS);
  }

  /** Publishes something that works, and waits until it is live. */
  async live(request: object): Promise<Dashboard> {
    const { id } = await this.publish(request);
    return eventually(async () => {
      const dashboard = await this.dashboard(id);
      if (dashboard.build?.problem) {
        throw new Error(
          `${dashboard.name}: ${JSON.stringify(dashboard.build.problem)}\n${this.hub.log().slice(-2_000)}`
        );
      }
      return dashboard.state === 'running' && dashboard;
    }, BUILD_MS);
  }

  /** Versions as `2 failed`, `1 ready, live`; the newest first. */
  async versions(id: string): Promise<string[]> {
    const { body } = await this.call<VersionList>('GET', `dashboards/${id}/versions`);
    return body.versions.map(({ n, state, live }) => `${n} ${state}${live ? ', live' : ''}`);
  }

  /** Opens an address in the browser. */
  open(url: string): Promise<Answer> {
    return this.visitor.openAs(this.name, url);
  }

  /** Opens it again and again, as the starting page does, until it shows `text`. */
  sees(url: string, text: string): Promise<Answer> {
    return eventually(async () => {
      const answer = await this.open(url);
      return answer.status === 200 && answer.text.includes(text) && answer;
    }, BUILD_MS);
  }

  /** Names of dashboards' servers at the Hub that are running or on the way; all that it knows of with `stopped`. */
  async servers({ stopped = false } = {}): Promise<string[]> {
    const { body } = await this.hub.api(
      'GET',
      `users/${encodeURIComponent(this.name)}${stopped ? '?include_stopped_servers=1' : ''}`
    );
    return Object.keys((body as { servers: object }).servers).filter(name => name.startsWith('dash-'));
  }

  /** A dashboard that works, and goes on working whatever happens beside it; made once. */
  steady(): Promise<Dashboard> {
    this.write('steady/app.py', page('steady'));
    return (this.#steady ??= this.live(this.request('Steady', 'steady', 'app.py', { audience: { kind: 'everyone' } })));
  }
}

function accepted({ status, body }: ApiAnswer<BuildReply>): BuildReply {
  if (status !== 201) {
    throw new Error(`not accepted: ${status} ${JSON.stringify(body)}`);
  }
  return body;
}

/** A program for the framework `command` that answers every request with `text`, once `before` has run. */
export function page(text: string, before = ''): string {
  return `
import http.server, os, sys, time
${before}
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ${before.includes('def on_request') ? 'on_request(self.path)' : 'pass'}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(${JSON.stringify(text)}.encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
`;
}
