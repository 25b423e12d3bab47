import { statSync } from 'node:fs';
import { join } from 'node:path';

import {
  FINAL_BUILD_STATES,
  type Build,
  type Place,
  type Plan,
  type PlanReply,
  type PushOrder,
  type PushState,
  type PushTicket
} from '../contract';
import { eventually } from '../service/testing/test-service';
import type { Author } from './author';
import type { TestHub } from './hub';
import { patiently } from './patience';
import { ask } from './request';

/** An author's own JupyterLab, which sends files that dashboards' servers do not see. */
export class AuthorLab {
  private constructor(
    private readonly hub: TestHub,
    private readonly author: Author,
    readonly token: string,
    private readonly choice: object | undefined
  ) {}

  /**
   * Resolves when it is ready.
   *
   * @param choice - what its author chooses on the Hub's page for it
   */
  static async start(hub: TestHub, author: Author, choice?: object): Promise<AuthorLab> {
    const { name } = author;
    const lab = new AuthorLab(hub, author, await hub.token(name, [`access:servers!user=${name}`]), choice);
    await lab.startAgain();
    return lab;
  }

  /** Starts it where it has ended. */
  async startAgain(choice = this.choice): Promise<void> {
    await this.hub.api('POST', `users/${this.author.name}/server`, choice);
    await eventually(async () => (await this.state())?.ready, 90_000);
  }

  async stop(): Promise<void> {
    await this.hub.api('DELETE', `users/${this.author.name}/server`);
    await eventually(async () => (await this.state()) === undefined, 30_000);
  }

  /** What the Hub says of its server; undefined where there is none. */
  async state(): Promise<{ ready: boolean } | undefined> {
    const { body } = await this.hub.api('GET', `users/${this.author.name}`);
    return (body as { servers: Record<string, { ready: boolean }> }).servers[''];
  }

  /** A publish of `~/<folder>/app.py`: an absolute path would lead all servers of this machine to the same files. */
  request(name: string, folder: string, changes: object = {}): object {
    const source = { kind: 'files', root: `~/${folder}`, entry: 'app.py', scope: 'folder' };
    return this.author.request(name, folder, 'app.py', { source, place: this.place(folder), ...changes });
  }

  /** What it sees of a folder in the author's home, of which `app.py` was changed last, or `newest`. */
  place(folder: string, newest = 'app.py'): Place {
    return placeOf(join(this.author.home, folder), newest);
  }

  /** The build once it waits for files. */
  wanting(id: string): Promise<Build> {
    return eventually(async () => {
      const build = await this.author.build(id);
      if (build.endedAt) {
        throw new Error(`It did not wait for files: ${JSON.stringify(build)}`);
      }
      return build.wantsFiles && build;
    }, 90_000);
  }

  /** Does what a page of Lab does for a build that waits for its files. @returns how the push has ended */
  async send(build: string): Promise<PushState> {
    await this.begin(build);
    return this.sent(build);
  }

  /** @param front - port of what the files go through, unless they take the product's own way. */
  async begin(build: string, front?: number): Promise<void> {
    const { body } = await this.author.call<PushTicket>('POST', `builds/${build}/push-ticket`);
    const { ticket, source, path, addresses } = body;
    const own = { url: new URL(path, this.hub.url).href };
    const given = front === undefined ? [...addresses, own] : [{ url: `http://127.0.0.1:${front}${path}` }];
    await this.#pushes('POST', 'push', { build, ticket, source, addresses: given });
  }

  /** How the push of a build has ended. */
  sent(build: string): Promise<PushState> {
    return eventually(async () => {
      const state = await this.#pushes('GET', `push?build=${build}`);
      return !state.running && state;
    }, 90_000);
  }

  /** Does with a build what its author does who looks at the page until it has ended, and tries again what fails. */
  help(id: string): Promise<Build> {
    return patiently(async () => {
      const build = await this.author.build(id);
      if (build.wantsFiles) {
        await this.send(id);
      }
      return FINAL_BUILD_STATES.includes(build.state) && build;
    });
  }

  /** What the server extension sees of files, as the dialog shows it. */
  async plan(source: object): Promise<Plan> {
    return (JSON.parse(await this.ask('POST', 'jupyterhub-dashboards/plan', source)) as PlanReply).plan;
  }

  /** Asks its server, as its pages do. */
  async ask(method: string, path: string, body?: object): Promise<string> {
    const { status, text } = await ask(`${this.hub.url}user/${this.author.name}/${path}`, {
      method,
      headers: { authorization: `token ${this.token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body)
    });
    if (status >= 300) {
      throw new Error(`${method} ${path}: ${status} ${text}`);
    }
    return text;
  }

  async #pushes(method: string, path: string, body?: PushOrder): Promise<PushState> {
    return JSON.parse(await this.ask(method, `jupyterhub-dashboards/${path}`, body)) as PushState;
  }
}

/** What a server sees of a folder. */
export function placeOf(root: string, newest = 'app.py'): Place {
  const stat = (item: string) => statSync(item, { bigint: true });
  return {
    inode: String(stat(root).ino),
    newest: { path: newest, changed: String(stat(join(root, newest)).ctimeNs) }
  };
}
