import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Build, Strategy, VersionList } from '../contract';
import { createRepository } from '../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { APART } from './apart-spawner';
import { Author } from './author';
import { AuthorLab, placeOf } from './author-lab';
import { startTestHub, type TestHub } from './hub';
import { Load, PATIENT_PROXY, writeViewedApp } from './load';

jest.setTimeout(500_000);

const VIEWERS = ['bob', 'carol', 'dave', 'erin', 'frank'];
const SEED = 20_260_101;
const MANY = 15;

let folder: string;
let git: GitServer;
let hub: TestHub;
let alice: Author;
let lab: AuthorLab;
const loads: Load[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-gapless-'));
  git = await startGitServer(folder);
  // Servers see one folder of the author's, of which versions are copied, and nothing else, which is sent to them.
  hub = await startTestHub({
    users: ['alice', ...VIEWERS],
    config: `${APART}\n${PATIENT_PROXY}c.Spawner.environment = {"GIT_SSL_CAINFO": ${JSON.stringify(git.certificate)}}\n`,
    configure: 'git_hosts=["127.0.0.1"]'
  });
  alice = await Author.of(hub, 'alice');
  lab = await AuthorLab.start(hub, alice);
}, 150_000);
afterAll(async () => {
  loads.forEach(load => load.kill());
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});

/** How the author brings a further version about. */
interface Way {
  /** What the first one asks for. */
  request(): object;
  /** Makes the files those of version `n`. */
  write(n: number): void;
  /** What an update asks for. */
  change(): object;
  /** What the author's own server does meanwhile. */
  help(build: Build): Promise<unknown>;
}

const nothing = () => Promise.resolve();
const shared = (name: string, source: object, more: object = {}) =>
  alice.request(name, name, 'app.py', { source, command: '{python} {entry}', audience: { kind: 'everyone' }, ...more });

const WAYS: Readonly<Record<Exclude<Strategy, 'live'>, () => Way>> = {
  snapshot() {
    const outside = join(alice.home, '../../shared');
    mkdirSync(outside, { recursive: true });
    const root = join(realpathSync(outside), 'copied');
    const place = () => ({ place: placeOf(root, 'edition.txt') });
    const source = { kind: 'files', root: '~/shared/copied', entry: 'app.py', scope: 'folder' };
    return {
      write: n => writeViewedApp(root, n),
      request: () => shared('Copied', source, place()),
      change: place,
      help: nothing
    };
  },
  git() {
    const repository = createRepository(folder, 'fetched');
    const written = join(folder, 'written');
    const url = `${git.url}fetched.git`;
    const source = { kind: 'git', url, ref: 'main', root: '.', entry: 'app.py', scope: 'folder' };
    return {
      write(n) {
        writeViewedApp(written, n);
        const files = ['app.py', 'edition.txt'].map(name => [name, readFileSync(join(written, name))] as const);
        repository.commit(Object.fromEntries(files));
      },
      request: () => shared('Fetched', source),
      change: () => ({}),
      help: nothing
    };
  },
  relay() {
    const root = join(alice.home, 'sent');
    const place = () => ({ place: placeOf(root, 'edition.txt') });
    const source = { kind: 'files', root: '~/sent', entry: 'app.py', scope: 'folder' };
    return {
      write: n => writeViewedApp(root, n),
      request: () => shared('Sent', source, place()),
      change: place,
      async help({ id }) {
        await lab.wanting(id);
        expect((await lab.send(id)).outcome).toEqual({ ok: true, problem: null });
      }
    };
  }
};

/** What is done to the dashboard while everybody looks: ten updates, and five roll backs to versions that are still being drained, or have ended. */
type Step = 'update' | { rollBack: number };
const STEPS: Step[] = [
  'update',
  'update',
  { rollBack: 1 },
  'update',
  { rollBack: 3 },
  { rollBack: 2 },
  'update',
  'update',
  'update',
  { rollBack: 4 },
  'update',
  'update',
  'update',
  { rollBack: 6 },
  'update'
];

const SEEN = [
  'asset',
  'callback',
  'download',
  'echo',
  'events, left',
  'events, to the end',
  'long poll',
  'page',
  'slow download',
  'slow upload',
  'socket opened',
  'upload'
];

/** Takes a dashboard through all steps in front of its viewers. @returns what they saw */
async function takeThrough(strategy: keyof typeof WAYS): Promise<{ failed: unknown; seen: string[] }> {
  const way = WAYS[strategy]();
  way.write(1);
  const { id, link, build } = await alice.publish(way.request());
  await finished(build, way);
  await alice.sees(link, 'edition 1');
  let live = 1;
  let newest = 1;
  const viewers = { users: VIEWERS, http: 50, sockets: 20, slow: 6, seed: SEED };
  const load = await Load.start(hub, { link, ...viewers, allow: [1] });
  loads.push(load);

  for (const step of STEPS) {
    const next = step === 'update' ? ++newest : step.rollBack;
    load.allow([live, next]);
    if (step === 'update') {
      way.write(next);
      await finished(await alice.update(id, way.change()), way);
    } else {
      const { body } = await alice.call<{ build: Build }>('POST', `dashboards/${id}/live`, { version: next });
      await finished(body.build, null);
    }
    await alice.sees(link, `edition ${next}`);
    load.allow([next]);
    live = next;
    // Many of those who ask by HTTP have been led to it, some of them while others still were to the one before.
    await load.until(({ landed }) => (landed[next] ?? 0) >= MANY);
  }

  // One who compares, and one who comes back by an old bookmark, among all the others.
  expect((await alice.sees(`${link}@9`, 'edition 9')).url).toMatch(/\/v\/9\/$/);
  const { url } = await alice.open(link);
  expect((await alice.sees(url.replace(/\/v\/\d+\//, '/v/3/deep/page?x=1'), 'edition 11')).url).toMatch(
    /\/v\/11\/deep\/page\?x=1$/
  );
  await load.until(({ drained, answered }) => {
    const transfers = [answered['slow download'] ?? 0, answered['slow upload'] ?? 0];
    return drained >= 20 && transfers.every(count => count >= 2);
  });
  const { answered, failed } = await load.stop();
  const { versions } = (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body;
  expect(new Set(versions.map(version => version.strategy))).toEqual(new Set([strategy]));
  return { failed, seen: Object.keys(answered).sort() };
}

async function finished(build: Build | null, way: Way | null): Promise<void> {
  if (build === null) {
    throw new Error('Nothing is being published');
  }
  await way?.help(build);
  expect(await alice.ended(build.id)).toMatchObject({ state: 'live', problem: null });
}

it.each(['snapshot', 'git', 'relay'] as const)(
  'by %s: fifty viewers by HTTP, twenty by WebSocket and some slow ones miss nothing across ten updates and five roll backs',
  async strategy => {
    expect(await takeThrough(strategy)).toEqual({ failed: [], seen: SEEN });
  }
);
