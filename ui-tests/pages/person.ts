import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { apiToken, ofPage, signIn } from '../../scripts/demo/people.mjs';
import { request } from '../../scripts/demo/request.mjs';
import { until } from '../../scripts/demo/wait.mjs';
import type { Audience, Dashboard, ErrorReply } from '../../server/contract';
import type { Hub } from '../fixtures/hub';

const APPS = join(dirname(dirname(fileURLToPath(import.meta.url))), 'apps');

export interface ServerModel {
  name: string;
  ready: boolean;
  stopped: boolean;
  url: string;
}

export interface TokenModel {
  id: string;
  oauth_client: string;
}

export interface Publication {
  name: string;
  /** Folder of `apps/`. */
  app: string;
  /** More files for it. */
  files?: Record<string, string>;
  audience: Audience;
}

/** A user of the Hub who works with the Hub's API in a session of their own, and with the dashboards' API by a token. */
export class Person {
  private constructor(
    readonly hub: Hub,
    readonly name: string,
    private readonly visitor: Awaited<ReturnType<typeof signIn>>,
    private readonly token: string
  ) {}

  static async signIn(hub: Hub, name: string): Promise<Person> {
    const visitor = await signIn(hub, name);
    return new Person(hub, name, visitor, await apiToken(hub, visitor, name));
  }

  /** Calls the dashboards' API; a refusal is an answer too. */
  async call<Reply>(method: string, path: string, body?: unknown): Promise<{ status: number; reply: Reply }> {
    const { status, text } = await request(new URL(path, this.hub.service), {
      method,
      headers: {
        authorization: `token ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    return { status, reply: (text === '' ? null : JSON.parse(text)) as Reply };
  }

  /** Puts an app into the home folder and asks for it to be published. */
  publish({ name, app, files = {}, audience }: Publication) {
    const root = join(this.hub.data, 'home', this.name, app);
    cpSync(join(APPS, app), root, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      writeFileSync(join(root, path), text);
    }
    const source = { kind: 'files', root, entry: 'server.py', scope: 'folder' };
    const body = { name, source, framework: 'command', command: '{python} {entry}', audience };
    return this.call<{ dashboard: Dashboard } & ErrorReply>('POST', 'api/v1/dashboards', body);
  }

  /** The same, until it runs. */
  async publishLive(publication: Publication): Promise<Dashboard> {
    const { status, reply } = await this.publish(publication);
    if (status !== 201) {
      throw new Error(`Not published: ${JSON.stringify(reply)}`);
    }
    return this.dashboard(reply.dashboard.id, ({ state, liveVersion }) => state === 'running' && liveVersion === 1);
  }

  /** A dashboard once it is as it should be. */
  dashboard(id: string, wanted: (dashboard: Dashboard) => boolean): Promise<Dashboard> {
    return until(`The dashboard ${id} was not as wanted`, async () => {
      const { reply } = await this.call<{ dashboard: Dashboard }>('GET', `api/v1/dashboards/${id}`);
      return wanted(reply.dashboard) ? reply.dashboard : undefined;
    });
  }

  /** Named servers of a user, and the default one under the empty name. */
  async servers(user: string): Promise<Record<string, ServerModel>> {
    const { text } = await this.#hubApi('GET', `users/${user}?include_stopped_servers`);
    return (JSON.parse(text) as { servers: Record<string, ServerModel> }).servers;
  }

  /** Starts a user's Lab. */
  async startLab(user: string): Promise<void> {
    await this.#hubApi('POST', `users/${user}/server`);
    await until(`The Lab of ${user} did not start`, async () => (await this.servers(user))['']?.ready || undefined);
  }

  /** Asks the dashboards extension of their own Lab, as its pages do. */
  async askLab<Reply>(method: string, path: string, body?: unknown): Promise<Reply> {
    const lab = `${this.hub.url}user/${this.name}/`;
    if (this.visitor.cookie(lab, '_xsrf') === this.visitor.cookie(this.hub.url, '_xsrf')) {
      await this.visitor.open(`${lab}lab`);
    }
    const url = `${lab}jupyterhub-dashboards/${path}`;
    const headers = { ...ofPage(this.visitor, url), 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await this.visitor.open(url, { method, headers, ...text });
    if (answer.status !== 200) {
      throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
    }
    return JSON.parse(answer.text) as Reply;
  }

  /** Stops a server and waits until the Hub has none of that name. */
  async stop(user: string, server: string): Promise<void> {
    await this.#hubApi('DELETE', server === '' ? `users/${user}/server` : `users/${user}/servers/${server}`);
    await until(`The server ${server} of ${user} did not stop`, async () => {
      const model = (await this.servers(user))[server];
      return model === undefined || model.stopped || undefined;
    });
  }

  async tokens(): Promise<TokenModel[]> {
    const { text } = await this.#hubApi('GET', `users/${this.name}/tokens`);
    return (JSON.parse(text) as { api_tokens: TokenModel[] }).api_tokens;
  }

  #hubApi(method: string, path: string) {
    const url = `${this.hub.url}hub/api/${path}`;
    const own = { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
    const headers = { ...own, 'x-xsrftoken': this.visitor.cookie(url, '_xsrf') ?? '' };
    return this.visitor.open(url, { method, headers });
  }
}
