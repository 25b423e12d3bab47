import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../../scripts/demo/wait.mjs';
import type { BuildReply, GitCredentialReply, Place, PushState, PushTicket } from '../../server/contract';
import { TOKEN, type ApartHub } from '../fixtures/apart-hub';
import type { Person } from './person';
import { Sample } from './sample';

/** A copy in a private repository. What is changed in it is pushed with each version. */
export class GitSample extends Sample {
  #credential = '';

  constructor(
    private readonly apart: ApartHub,
    ...how: [author: Person, example: string, folder: string, from: string]
  ) {
    super(apart, ...how);
  }

  /** Gives the service what the repository is read with. */
  async prepare(): Promise<void> {
    const token = { kind: 'token', host: '127.0.0.1', token: TOKEN };
    const { reply } = await this.author.call<GitCredentialReply>('POST', 'api/v1/git-credentials', token);
    this.#credential = reply.credential.id;
  }

  protected override asked(): object {
    const names = readdirSync(this.root).map(name => [`${this.folder}/${name}`, readFileSync(join(this.root, name))]);
    this.apart.repository.commit(Object.fromEntries(names) as Record<string, Buffer>);
    const url = `${this.apart.git.url}sales.git`;
    const { folder: root } = this;
    return {
      source: { kind: 'git', url, ref: 'main', root, entry: '.', scope: 'folder', credential: this.#credential }
    };
  }
}

/** A copy that the dashboard's server does not see. The author's Lab sends it with each version. */
export class SentSample extends Sample {
  async prepare(): Promise<void> {
    await this.author.startLab(this.author.name);
  }

  protected override asked(): object {
    const [newest = ''] = readdirSync(this.root).sort((one, other) =>
      Number(this.#changed(other) - this.#changed(one))
    );
    const place: Place = {
      inode: String(statSync(this.root, { bigint: true }).ino),
      newest: { path: newest, changed: String(this.#changed(newest)) }
    };
    return { place };
  }

  /** What a page of Lab does for a build that waits for its files. */
  protected override async help({ id }: BuildReply['build']): Promise<void> {
    const waits = await until('The build did not ask for files', async () => {
      const { reply } = await this.author.call<BuildReply['build']>('GET', `api/v1/builds/${id}`);
      return reply.wantsFiles || reply.endedAt !== null ? reply.wantsFiles : undefined;
    });
    if (!waits) {
      return;
    }
    const { reply } = await this.author.call<PushTicket>('POST', `api/v1/builds/${id}/push-ticket`);
    const { ticket, source, path, addresses } = reply;
    const own = { url: new URL(path, this.author.hub.url).href };
    await this.author.askLab('POST', 'push', { build: id, ticket, source, addresses: [...addresses, own] });
    const { outcome } = await until('The files were not sent', async () => {
      const state = await this.author.askLab<PushState>('GET', `push?build=${id}`);
      return state.running ? undefined : state;
    });
    if (!outcome?.ok) {
      throw new Error(`Not sent: ${JSON.stringify(outcome)}`);
    }
  }

  #changed(name: string): bigint {
    return statSync(join(this.root, name), { bigint: true }).ctimeNs;
  }
}
