import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BuildReply, Dashboard, Problem, Version, VersionList } from '../../server/contract';
import type { Hub } from '../fixtures/hub';
import type { Person } from './person';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What people are shown, and what tests alone need. */
export const EXAMPLES = join(ROOT, 'examples');
export const APPS = join(ROOT, 'ui-tests/apps');

type Reply = Awaited<ReturnType<Person['call']>>;

/** An author's copy of one of the samples, and the dashboard that is made of it. */
export class Sample {
  readonly root: string;

  constructor(
    hub: Hub,
    protected readonly author: Person,
    example: string,
    /** Of the copy, in the author's home, and name of the dashboard. */
    readonly folder = example,
    from = EXAMPLES
  ) {
    this.root = join(hub.data, 'home', author.name, folder);
    cpSync(join(from, example), this.root, { recursive: true });
  }

  copy(from: string, to: string): void {
    cpSync(join(this.root, from), join(this.root, to));
  }

  remove(file: string): void {
    rmSync(join(this.root, file));
  }

  edit(file: string, from: string, to: string): void {
    const path = join(this.root, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) {
      throw new Error(`${path} does not hold "${from}"`);
    }
    writeFileSync(path, text.replaceAll(from, to));
  }

  /** Publishes the whole folder for everyone, and leaves it to the service what it is. */
  async publish(): Promise<{ dashboard: Dashboard; version: Version }> {
    const dashboard = await this.#built(await this.#ask());
    return { dashboard, version: await this.#version(dashboard) };
  }

  /** Publishes in vain; why. */
  async refused(): Promise<Problem | null> {
    return (await this.#ended(await this.#ask())).build?.problem ?? null;
  }

  async delete({ id }: Dashboard): Promise<void> {
    await this.author.call('DELETE', `api/v1/dashboards/${id}`);
  }

  #ask(): Promise<Reply> {
    const source = { kind: 'files', root: this.root, entry: '.', scope: 'folder' };
    const body = { name: this.folder, source, audience: { kind: 'everyone' }, ...this.asked() };
    return this.author.call('POST', 'api/v1/dashboards', body);
  }

  async update(dashboard: Dashboard): Promise<Version> {
    const reply = await this.author.call('POST', `${path(dashboard)}/versions`, this.asked());
    return this.#version(await this.#built(reply));
  }

  /** What else is asked for with each version. */
  protected asked(): object {
    return {};
  }

  /** What the author's own server does while a version is made. */
  protected async help(_build: BuildReply['build']): Promise<void> {}

  async rollBack(dashboard: Dashboard, version: number): Promise<Version> {
    const reply = await this.author.call<BuildReply>('POST', `${path(dashboard)}/live`, { version });
    return this.#version(await this.#built(reply, false));
  }

  /** @param made - whether a version is made, with the help of the author's server. */
  async #built(reply: Reply, made = true): Promise<Dashboard> {
    const { id, build } = await this.#ended(reply, made);
    if (build?.state !== 'live') {
      throw new Error(`Not built: ${JSON.stringify(build?.problem)}`);
    }
    return this.author.dashboard(id, now => now.state === 'running');
  }

  async #ended({ status, reply }: Reply, made = true): Promise<Dashboard> {
    if (status >= 300) {
      throw new Error(`Refused: ${JSON.stringify(reply)}`);
    }
    const { dashboard, build } = reply as BuildReply;
    if (made) {
      await this.help(build);
    }
    return this.author.dashboard(dashboard.id, now => now.build?.id === build.id && now.build.endedAt !== null);
  }

  async #version(dashboard: Dashboard): Promise<Version> {
    const { reply } = await this.author.call<VersionList>('GET', `${path(dashboard)}/versions`);
    const live = reply.versions.find(version => version.live);
    if (!live) {
      throw new Error('No version is live');
    }
    return live;
  }
}

function path({ id }: Dashboard): string {
  return `api/v1/dashboards/${id}`;
}
