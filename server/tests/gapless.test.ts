import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Build, VersionList } from '../contract';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { APART } from './apart-spawner';
import { Author } from './author';
import { AuthorLab } from './author-lab';
import { startTestHub, type TestHub } from './hub';
import { Load, PATIENT_PROXY, viewedApp } from './load';
import { publishingWays, type OwnStrategy, type PublishingWay } from './publishing-ways';
import { SWAP_STEPS } from './swap-steps';

jest.setTimeout(500_000);

const VIEWERS = ['bob', 'carol', 'dave', 'erin', 'frank'];
const SEED = 20_260_101;
const MANY = 15;

let folder: string;
let git: GitServer;
let hub: TestHub;
let alice: Author;
let ways: Record<OwnStrategy, PublishingWay>;
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
  const lab = await AuthorLab.start(hub, alice);
  ways = publishingWays({ hub, author: alice, lab, git, repositories: folder, edition: viewedApp });
}, 150_000);
afterAll(async () => {
  loads.forEach(load => load.kill());
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});

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
async function takeThrough(strategy: OwnStrategy): Promise<{ failed: unknown; seen: string[] }> {
  const way = ways[strategy];
  way.write(1);
  const { id, link, build } = await alice.publish(way.request());
  await finished(build, way);
  await alice.sees(link, 'edition 1');
  let live = 1;
  let newest = 1;
  const viewers = { users: VIEWERS, http: 50, sockets: 20, slow: 6, seed: SEED };
  const load = await Load.start(hub, { link, ...viewers, allow: [1] });
  loads.push(load);

  for (const step of SWAP_STEPS) {
    const next = step === 'update' ? ++newest : step.rollBack;
    load.allow([live, next]);
    if (step === 'update') {
      way.write(next);
      await finished(await alice.update(id, way.change(next)), way);
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

async function finished(build: Build | null, way: PublishingWay | null): Promise<void> {
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
