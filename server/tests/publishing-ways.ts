import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isCloneStrategy, STRATEGIES, type Build, type CloneStrategy, type Strategy } from '../contract';
import { createRepository } from '../runner/testing/git-repository';
import type { GitServer } from '../runner/testing/git-server';
import type { Author } from './author';
import { placeOf, type AuthorLab } from './author-lab';
import type { TestHub } from './hub';

/** How an author brings one edition after the other about. */
export interface PublishingWay {
  /** Makes the author's files those of edition `n`. */
  write(n: number): void;
  /** What the first publish asks for. */
  request(): object;
  /** What an update to edition `n` asks for. */
  change(n: number): object;
  /** Whatever the author's own server and page do until the build has ended. */
  help(build: Build): Promise<void>;
}

/** Of a hub whose servers are apart (`APART`). */
export interface PublishingWorld {
  hub: TestHub;
  author: Author;
  lab: AuthorLab;
  git: GitServer;
  /** Whose repositories the server shows. */
  repositories: string;
  /** All files of an edition, `app.py` among them. */
  edition(n: number): Readonly<Record<string, Buffer | string>>;
}

/** Those that a hub on one machine has. */
export type OwnStrategy = Exclude<Strategy, CloneStrategy>;
export const OWN_STRATEGIES = STRATEGIES.filter((strategy): strategy is OwnStrategy => !isCloneStrategy(strategy));

/** One for each strategy; each is the name of the dashboard, too. */
export function publishingWays(world: PublishingWorld): Record<OwnStrategy, PublishingWay> {
  return { snapshot: bySnapshot(world), git: byGit(world), relay: byRelay(world), live: byLive(world) };
}

const nothing = () => Promise.resolve();

function request({ author }: PublishingWorld, strategy: Strategy, source: object, more: object = {}): object {
  return author.request(strategy, strategy, 'app.py', { source, audience: { kind: 'everyone' }, ...more });
}

const filesIn = (root: string, more: object = {}) => ({
  kind: 'files',
  root,
  entry: 'app.py',
  scope: 'folder',
  ...more
});

/** Puts edition `n` into a folder. */
function write({ edition }: PublishingWorld, root: string, n: number): void {
  for (const [name, content] of Object.entries(edition(n))) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** The one folder of the author's that servers of dashboards see. */
function sharedFolder(hub: TestHub): string {
  const shared = join(hub.folder, 'shared');
  mkdirSync(shared, { recursive: true });
  return realpathSync(shared);
}

function bySnapshot(world: PublishingWorld): PublishingWay {
  const root = join(sharedFolder(world.hub), 'copied');
  const place = () => ({ place: placeOf(root) });
  return {
    write: n => write(world, root, n),
    request: () => request(world, 'snapshot', filesIn('~/shared/copied'), place()),
    change: place,
    help: nothing
  };
}

function byGit(world: PublishingWorld): PublishingWay {
  const repository = createRepository(world.repositories, 'fetched');
  const url = `${world.git.url}fetched.git`;
  return {
    write: n => void repository.commit({ ...world.edition(n) }),
    request: () =>
      request(world, 'git', { kind: 'git', url, ref: 'main', root: '.', entry: 'app.py', scope: 'folder' }),
    change: () => ({}),
    help: nothing
  };
}

function byRelay(world: PublishingWorld): PublishingWay {
  const { author, lab } = world;
  const place = () => ({ place: lab.place('sent') });
  return {
    write: n => write(world, join(author.home, 'sent'), n),
    request: () => request(world, 'relay', filesIn('~/sent'), place()),
    change: place,
    // Whoever is in the way, the page is told by its author to try again.
    help: ({ id }) => lab.help(id).then(() => undefined)
  };
}

/** Of what is served as it is saved, each edition has a folder of its own, which is whole when it is published. */
function byLive(world: PublishingWorld): PublishingWay {
  const folder = (n: number) => `served-${n}`;
  const source = (n: number) => filesIn(`~/shared/${folder(n)}`, { live: true });
  return {
    write: n => write(world, join(sharedFolder(world.hub), folder(n)), n),
    request: () => request(world, 'live', source(1)),
    change: n => world.author.change(folder(n), 'app.py', { source: source(n) }),
    help: nothing
  };
}
