import { statSync } from 'node:fs';
import { join } from 'node:path';

import type { Build, Place, PushOrder, PushState, PushTicket } from '../contract';
import { eventually } from '../service/testing/test-service';
import type { Author } from './author';
import type { TestHub } from './hub';
import { ask } from './request';

/** An author's own JupyterLab, which sends files that dashboards' servers do not see. */
export class AuthorLab {
  private constructor(
    private readonly hub: TestHub,
    private readonly author: Author,
    readonly token: string
  ) {}

  /** Resolves when it is ready. */
  static async start(hub: TestHub, author: Author): Promise<AuthorLab> {
    const { name } = author;
    await hub.api('POST', `users/${name}/server`);
    await eventually(async () => {
      const { body } = await hub.api('GET', `users/${name}`);
      return (body as { servers: Record<string, { ready: boolean }> }).servers['']?.ready;
    }, 90_000);
    return new AuthorLab(hub, author, await hub.token(name, [`access:servers!user=${name}`]));
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
    const { body } = await this.author.call<PushTicket>('POST', `builds/${build}/push-ticket`);
    const { ticket, source, path, addresses } = body;
    const own = { url: new URL(path, this.hub.url).href };
    await this.#ask('POST', 'push', { build, ticket, source, addresses: [...addresses, own] });
    return eventually(async () => {
      const state = await this.#ask('GET', `push?build=${build}`);
      return !state.running && state;
    }, 90_000);
  }

  /** Of its server extension, as its pages ask it. */
  async #ask(method: string, path: string, body?: PushOrder): Promise<PushState> {
    const { status, text } = await ask(`${this.hub.url}user/${this.author.name}/jupyterhub-dashboards/${path}`, {
      method,
      headers: { authorization: `token ${this.token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body)
    });
    if (status !== 200) {
      throw new Error(`${method} ${path}: ${status} ${text}`);
    }
    return JSON.parse(text) as PushState;
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
