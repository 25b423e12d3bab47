import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { FINAL_BUILD_STATES, STRATEGIES, type AuditList, type Build, type Strategy } from '../contract';
import { placesOf, type Places } from '../files/places';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { seededRandom, seedOf } from '../runner/testing/seeded-random';
import { eventually } from '../service/testing/test-service';
import { APART } from './apart-spawner';
import { Author } from './author';
import { AuthorLab } from './author-lab';
import { halfMade } from './half-made';
import { startTestHub, type TestHub } from './hub';
import { leftovers, NO_ORPHANS, orphanRows, processesOf, writtenStage } from './leftovers';
import { Onlooker, type Look } from './onlooker';
import { patiently } from './patience';
import { publishingWays, type PublishingWay } from './publishing-ways';
import { theLab, TheHub, theRunners, theService, type Victim } from './victims';

const SEED = seedOf(20_261_123);

/** How often each victim is killed; a moment comes from each of as many parts of an update. */
const ROUNDS = 3;
/** Of kills, those that find an update under way. The others come before its beginning or after its end. */
const FAIR_SHARE = 0.5;

jest.setTimeout(400_000);

/** A dashboard that is updated again and again before the eyes of a viewer. */
interface Published {
  strategy: Strategy;
  way: PublishingWay;
  id: string;
  server: string;
  home: string;
  places: Places;
  onlooker: Onlooker;
  /** How long an undisturbed update takes beside the others, in ms. */
  usual: number;
  /** What an undisturbed update leaves besides its versions. */
  usualFiles: string[];
}

/** What came of one update. */
interface Outcome {
  build: Pick<Build, 'state' | 'problem'>;
  /** What the viewer should have seen, and what it should not. */
  missed: Look[];
  wrong: Look[];
  /** Versions that had their name at the moment of the kill, or later, and were not whole. */
  halfMade: string[];
  /** Files that nobody needs. */
  left: string[];
  /** The newest of its versions, as `Author.versions` lists them. */
  version: string | undefined;
}

const AS_IT_SHOULD = (n: number): Outcome => ({
  build: { state: 'live', problem: null },
  missed: [],
  wrong: [],
  halfMade: [],
  left: [],
  version: `${n} ready, live`
});

const random = seededRandom(SEED);
/** What builds were at when something was killed. */
const hits: Record<Strategy, string[]> = { snapshot: [], live: [], relay: [], git: [] };

let folder: string;
let git: GitServer;
let hub: TestHub;
let alice: Author;
let root: Author;
let theHub: TheHub;
let published: Published[];
/** The newest edition of all dashboards, which is the number of their newest version, too. */
let newest = 1;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-killed-'));
  git = await startGitServer(folder);
  hub = await startTestHub({
    users: ['alice', 'bob'],
    admins: ['root'],
    config: `${APART}
c.Spawner.environment = {"GIT_SSL_CAINFO": ${JSON.stringify(git.certificate)}}
c.Spawner.poll_interval = 2
`,
    configure: 'git_hosts=["127.0.0.1"], keep_versions=2'
  });
  theHub = new TheHub(hub);
  [alice, root] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'root')]);
  const lab = await AuthorLab.start(hub, alice);
  const ways = publishingWays({ hub, author: alice, lab, git, repositories: folder });
  victims = {
    runner: theRunners(hub, () => published.map(({ server }) => server)),
    service: theService(hub),
    lab: theLab(hub, lab),
    hub: theHub
  };
  published = await Promise.all(STRATEGIES.map(strategy => first(strategy, ways[strategy])));
}, 200_000);
afterAll(async () => {
  await Promise.all((published ?? []).map(({ onlooker }) => onlooker.leave()));
  await theHub?.end();
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});

async function first(strategy: Strategy, way: PublishingWay): Promise<Published> {
  way.write(1);
  const { id, link, build } = await alice.publish(way.request());
  if (build) {
    await Promise.all([way.help(build), ended(build)]);
  }
  const { url } = await alice.sees(link, 'whole: edition 1');
  const server = (await alice.servers()).find(name => name.endsWith(id.slice(0, 8))) ?? '';
  const home = join(alice.home, 'servers', server);
  const onlooker = new Onlooker('bob', new URL('../../', url).href);
  await onlooker.sees(1);
  const places = placesOf(home, id);
  return { strategy, way, id, server, home, places, onlooker, usual: 0, usualFiles: [] };
}

/** The build once it has ended, whoever is away meanwhile. */
const ended = ({ id }: Build) =>
  patiently(async () => {
    const build = await alice.build(id);
    return FINAL_BUILD_STATES.includes(build.state) && build;
  });

/** Begins an update to the newest edition. */
async function begin(one: Published): Promise<{ build: Build; over: Promise<Build> }> {
  const build = await alice.update(one.id, one.way.change(newest));
  const over = Promise.all([ended(build), one.way.help(build)]).then(([end]) => end);
  over.catch(() => undefined);
  return { build, over };
}

/** Files of a dashboard besides its versions. */
const filesBeside = ({ home, id }: Published) =>
  leftovers(
    home,
    id,
    Array.from({ length: newest }, (_none, n) => n + 1)
  ).files;

function writeNewest(): void {
  newest += 1;
  published.forEach(({ way }) => way.write(newest));
  // While that was written, viewers were kept waiting by this process alone.
}

/** Updates all dashboards at once; nobody is killed. What it takes and leaves is what is usual from then on. */
async function undisturbed(): Promise<Outcome[]> {
  writeNewest();
  const builds = await Promise.all(published.map(begin));
  const begun = Date.now();
  const outcomes = await Promise.all(published.map((one, i) => outcomeOf(one, builds[i]!.over, null)));
  for (const [i, one] of published.entries()) {
    one.usual = Date.parse((await builds[i]!.over).endedAt ?? '') - begun;
    one.usualFiles = filesBeside(one);
  }
  return outcomes;
}

/**
 * Updates all dashboards, and kills somebody in the middle of all of them: each is then at its own share of the time that
 * it takes.
 */
async function disturbed(victim: Victim, shares: readonly number[]): Promise<Outcome[]> {
  writeNewest();
  const pids = await victim.find();
  const before = published.map(({ usual }, i) => usual * (shares[i] ?? 0));
  const longest = Math.max(...before);
  const [builds] = await Promise.all([
    Promise.all(
      published.map(async (one, i) => {
        await delay(longest - (before[i] ?? 0));
        return begin(one);
      })
    ),
    delay(longest)
  ]);
  published.forEach(({ strategy }, i) => hits[strategy].push(String(writtenStage(hub, builds[i]!.build.id))));
  pids.forEach(pid => process.kill(pid, 'SIGKILL'));
  const killedAt = Date.now();
  const found = published.map(({ places }) => halfMade(places));
  const away = await victim.back(killedAt);
  const outcomes = await Promise.all(published.map((one, i) => outcomeOf(one, builds[i]!.over, away)));
  return outcomes.map((outcome, i) => ({ ...outcome, halfMade: [...(found[i] ?? []), ...outcome.halfMade] }));
}

async function outcomeOf(
  one: Published,
  over: Promise<Build>,
  away: { from: number; until: number } | null
): Promise<Outcome> {
  const { state, problem, endedAt } = await over;
  const back = away && (await one.onlooker.sees(null, away.until));
  if (state === 'live') {
    await one.onlooker.sees(newest);
  }
  const unusual = () => filesBeside(one).filter(file => !one.usualFiles.includes(file));
  if (one.usualFiles.length > 0) {
    // Removing may take a moment more than the build.
    await eventually(() => unusual().length === 0, 10_000).catch(() => null);
  }
  const looks = one.onlooker.take();
  return {
    build: { state, problem },
    missed: looks.filter(
      look => look.edition === null && !(away && back && look.ended >= away.from && look.begun <= back.begun)
    ),
    wrong: looks.filter(
      (look, i) =>
        / half-made: /.test(look.what) ||
        (look.edition !== null &&
          look.edition < Math.max(newest - 1, ...looks.slice(0, i).map(({ edition }) => edition ?? 0))) ||
        // The new one before it was live.
        (look.edition === newest && look.ended < Date.parse(endedAt ?? ''))
    ),
    halfMade: halfMade(one.places),
    left: one.usualFiles.length > 0 ? unusual() : [],
    version: (await patiently(() => alice.versions(one.id)))[0]
  };
}

type VictimName = 'runner' | 'service' | 'lab' | 'hub';
let victims: Record<VictimName, Victim>;

const perStrategy = (outcomes: Outcome[]) =>
  Object.fromEntries(STRATEGIES.map((strategy, i) => [strategy, outcomes[i]]));

it.each(['runner', 'service', 'lab', 'hub'] as const)(
  `%s, killed at any moment (seed ${SEED}): viewers keep the live version, nothing half-made has a name, and all goes on`,
  async name => {
    const expected = () => Object.fromEntries(STRATEGIES.map(strategy => [strategy, AS_IT_SHOULD(newest)]));
    expect(perStrategy(await undisturbed())).toEqual(expected());
    for (let round = 0; round < ROUNDS; round += 1) {
      const shares = published.map(() => (round + random()) / ROUNDS);
      const outcomes = await disturbed(victims[name], shares);
      expect({ round, shares, ...perStrategy(outcomes) }).toEqual({ round, shares, ...expected() });
    }
  }
);

it('what comes after is as if nobody had been killed', async () => {
  const outcomes = await undisturbed();
  expect(perStrategy(outcomes)).toEqual(Object.fromEntries(STRATEGIES.map(one => [one, AS_IT_SHOULD(newest)])));
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
  expect(processesOf(hub, /git fetch|git ls-remote|git-remote-https|push\.js/)).toEqual([]);
  for (const { id } of published) {
    const { body } = await root.call<AuditList>('GET', `audit?dashboard=${id}&limit=200`);
    const told = body.records.filter(({ action }) => ['live', 'failed', 'cancel'].includes(action));
    const each = Array.from({ length: newest }, (_none, n) => `live version ${n + 1}`).reverse();
    expect(told.map(({ action, detail }) => `${action} ${detail}`)).toEqual(each);
  }
});

it('many of the kills have found an update under way', () => {
  const under = (stages: string[]) => stages.filter(stage => ['copy', 'start', 'check'].includes(stage)).length;
  for (const strategy of STRATEGIES) {
    expect([strategy, under(hits[strategy]) / hits[strategy].length]).toEqual([strategy, expect.any(Number)]);
    expect(under(hits[strategy])).toBeGreaterThanOrEqual(hits[strategy].length * FAIR_SHARE);
  }
});
