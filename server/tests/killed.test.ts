import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { FINAL_BUILD_STATES, type AuditList, type Build } from '../contract';
import { placesOf, type Places } from '../files/places';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { seededRandom, seedOf } from '../runner/testing/seeded-random';
import { eventually } from '../service/testing/test-service';
import { APART } from './apart-spawner';
import { Author } from './author';
import { AuthorLab } from './author-lab';
import { edition } from './edition';
import { halfMade } from './half-made';
import { startTestHub, type TestHub } from './hub';
import { leftovers, NO_ORPHANS, orphanRows, processesOf, writtenStage } from './leftovers';
import { Onlooker, type Look } from './onlooker';
import { patiently } from './patience';
import { OWN_STRATEGIES, publishingWays, type OwnStrategy, type PublishingWay } from './publishing-ways';
import { theLab, TheHub, theRunners, theService, type Away, type Victim } from './victims';

const SEED = seedOf(20_261_123);

/** How often each victim is killed; a moment comes from each of as many parts of an update. */
const ROUNDS = 2;
/** Of kills, those that find an update under way. The others come before its beginning or after its end. */
const FAIR_SHARE = 0.5;
/** So many more kills come where too few have done that, in this part of an update. */
const MOST_MORE = 8;
const SURELY_UNDER_WAY = 0.6;

jest.setTimeout(400_000);

/** A dashboard that is updated again and again before the eyes of a viewer. */
interface Published {
  strategy: OwnStrategy;
  way: PublishingWay;
  id: string;
  server: string;
  /** Of its server. */
  home: string;
  places: Places;
  onlooker: Onlooker;
}

/** What came of one update. */
interface Outcome {
  build: Pick<Build, 'state' | 'problem'>;
  /** Where its viewer should have seen it, and did not. */
  missed: Look[];
  /** Where its viewer has seen what nobody should. */
  wrong: Look[];
  /** Versions that have had their name, at the moment of the kill or at the end, and were not whole. */
  halfMade: string[];
  /** Files that nobody needs. */
  left: string[];
  /** The newest of its versions, as `Author.versions` lists them. */
  version: string | undefined;
}
type Outcomes = Record<OwnStrategy, Outcome>;
type Shares = Record<OwnStrategy, number>;

function asItShould(): Outcomes {
  const one = (): Outcome => ({
    build: { state: 'live', problem: null },
    missed: [],
    wrong: [],
    halfMade: [],
    left: [],
    version: `${newest} ready, live`
  });
  return { snapshot: one(), live: one(), relay: one(), git: one() };
}

/** What a dashboard has besides its versions: what is kept for the next one. */
const OWN_FILES = /^(?:git\/(?:mirror|index|files)|replica\/(?:app\.py|data)|relay\/\w+)$/;

const random = seededRandom(SEED);
/** What builds were at when something was killed. */
const hits: Record<OwnStrategy, string[]> = { snapshot: [], live: [], relay: [], git: [] };

/** How long an undisturbed update takes beside the others, in ms. */
const usual: Shares = { snapshot: 0, live: 0, relay: 0, git: 0 };

let folder: string;
let git: GitServer;
let hub: TestHub;
let alice: Author;
let root: Author;
let theHub: TheHub;
let victims: Record<'runner' | 'service' | 'lab' | 'hub', Victim>;
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
  const ways = publishingWays({ hub, author: alice, lab, git, repositories: folder, edition });
  victims = {
    runner: theRunners(hub, () => published.map(({ server }) => server)),
    service: theService(hub),
    lab: theLab(hub, lab),
    hub: theHub
  };
  published = await Promise.all(OWN_STRATEGIES.map(strategy => first(strategy, ways[strategy])));
}, 200_000);
afterAll(async () => {
  await Promise.all((published ?? []).map(({ onlooker }) => onlooker.leave()));
  await theHub?.end();
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});

async function first(strategy: OwnStrategy, way: PublishingWay): Promise<Published> {
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
  return { strategy, way, id, server, home, places, onlooker };
}

/** The build once it has ended, whoever is away meanwhile. */
const ended = ({ id }: Build) =>
  patiently(async () => {
    const build = await alice.build(id);
    return FINAL_BUILD_STATES.includes(build.state) && build;
  });

/** An update that is under way. */
interface Update extends Published {
  build: Build;
  begunAt: number;
  over: Promise<Build>;
}

/** Begins an update to the newest edition. */
async function begin(one: Published): Promise<Update> {
  const build = await alice.update(one.id, one.way.change(newest));
  const over = Promise.all([ended(build), one.way.help(build)]).then(([end]) => end);
  // Whoever waits for it hears of it.
  over.catch(() => undefined);
  return { ...one, build, begunAt: Date.now(), over };
}

function writeNewest(): void {
  newest += 1;
  published.forEach(({ way }) => way.write(newest));
}

/** Updates all dashboards at once; nobody is killed. What that takes and leaves is what is usual from then on. */
async function undisturbed(): Promise<Outcomes> {
  writeNewest();
  const updates = await Promise.all(published.map(begin));
  const outcomes = await outcomesOf(updates, null);
  for (const { strategy, begunAt, over } of updates) {
    usual[strategy] = Date.parse((await over).endedAt ?? '') - begunAt;
  }
  return outcomes;
}

/**
 * Updates all dashboards, and kills somebody in the middle of all of them.
 *
 * @param shares - of the time that each update takes, those at which they are by then
 */
async function disturbed(victim: Victim, shares: Shares): Promise<Outcomes> {
  writeNewest();
  const pids = await victim.find();
  const before = (one: Published) => usual[one.strategy] * shares[one.strategy];
  const longest = Math.max(...published.map(before));
  const begun = published.map(one => delay(longest - before(one)).then(() => begin(one)));
  const [updates] = await Promise.all([Promise.all(begun), delay(longest)]);
  updates.forEach(({ strategy, build }) => hits[strategy].push(String(writtenStage(hub, build.id))));
  pids.forEach(pid => process.kill(pid, 'SIGKILL'));
  const killedAt = Date.now();
  const found = byStrategy(updates, ({ places }) => halfMade(places, newest - 1));
  const outcomes = await outcomesOf(updates, await victim.back(killedAt));
  for (const strategy of OWN_STRATEGIES) {
    outcomes[strategy].halfMade.unshift(...found[strategy]);
  }
  return outcomes;
}

async function outcomesOf(updates: readonly Update[], away: Away | null): Promise<Outcomes> {
  const outcomes = await Promise.all(updates.map(update => outcomeOf(update, away)));
  return byStrategy(updates, (_one, i) => outcomes[i] as Outcome);
}

async function outcomeOf(update: Update, away: Away | null): Promise<Outcome> {
  const { id, home, places, onlooker, over } = update;
  const { state, problem, endedAt } = await over;
  const back = away && (await onlooker.sees(null, away.until));
  if (state === 'live') {
    await onlooker.sees(newest);
  }
  const looks = onlooker.take();
  const versions = Array.from({ length: newest }, (_none, n) => n + 1);
  const left = () => leftovers(home, id, versions).files.filter(file => !OWN_FILES.test(file));
  return {
    build: { state, problem },
    missed: looks.filter(
      look => look.edition === null && !(away && back && look.ended >= away.from && look.begun <= back.begun)
    ),
    wrong: wrong(looks, Date.parse(endedAt ?? '')),
    halfMade: halfMade(places, newest - 1),
    left: await staying(left),
    version: (await patiently(() => alice.versions(id)))[0]
  };
}

/**
 * The files that are left for good. An old version is removed when its app has ended, which may be at any time: what a
 * single look finds may be on its way.
 */
async function staying(left: () => string[]): Promise<string[]> {
  return eventually(() => left().length === 0, 20_000).then(() => [], left);
}

/** Looks that have seen something half-made, an edition that was live no longer, or the newest one before it was. */
function wrong(looks: readonly Look[], liveAt: number): Look[] {
  let least = newest - 1;
  return looks.filter(({ edition, what, ended: at }) => {
    if (edition === null) {
      return / half-made: /.test(what);
    }
    const tooOld = edition < least;
    least = Math.max(least, edition);
    return tooOld || (edition === newest && at < liveAt);
  });
}

function byStrategy<T>(of: readonly Published[], value: (one: Published, i: number) => T): Record<OwnStrategy, T> {
  return Object.fromEntries(of.map((one, i) => [one.strategy, value(one, i)])) as Record<OwnStrategy, T>;
}

it.each(['runner', 'service', 'lab', 'hub'] as const)(
  `%s, killed at any moment (seed ${SEED}): viewers keep the live version, nothing half-made has a name, and all goes on`,
  async name => {
    expect(await undisturbed()).toEqual(asItShould());
    for (let round = 0; round < ROUNDS; round += 1) {
      const shares = byStrategy(published, () => (round + random()) / ROUNDS);
      const outcomes = await disturbed(victims[name], shares);
      expect({ shares, outcomes }).toEqual({ shares, outcomes: asItShould() });
    }
  }
);

it('many of the kills have found an update under way, and of each copy some', async () => {
  // How long an update takes differs on a busy machine: where kills have come too late for it, more of them do not.
  for (let more = 0; more < MOST_MORE && missed().length > 0; more += 1) {
    const shares = byStrategy(published, () => random() * SURELY_UNDER_WAY);
    const outcomes = await disturbed(victims.service, shares);
    expect({ shares, outcomes }).toEqual({ shares, outcomes: asItShould() });
  }
  expect({ hits, missed: missed() }).toEqual({ hits, missed: [] });
});

/** Strategies whose updates most kills have not found under way; those that copy, also where none has come in the middle of that. */
function missed(): OwnStrategy[] {
  return OWN_STRATEGIES.filter(strategy => {
    const under = hits[strategy].filter(stage => ['copy', 'start', 'check'].includes(stage));
    const unseen = strategy !== 'live' && !under.includes('copy');
    return unseen || under.length < hits[strategy].length * FAIR_SHARE;
  });
}

it('what comes after is as if nobody had been killed', async () => {
  expect(await undisturbed()).toEqual(asItShould());
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
  expect(processesOf(hub, /git fetch|git ls-remote|git-remote-https|push\.js/)).toEqual([]);
  for (const { id } of published) {
    const { body } = await root.call<AuditList>('GET', `audit?dashboard=${id}&limit=200`);
    const ends = body.records.filter(({ action }) => ['live', 'failed', 'cancel'].includes(action));
    const each = Array.from({ length: newest }, (_none, n) => `live version ${newest - n}`);
    expect(ends.map(({ action, detail }) => `${action} ${detail}`)).toEqual(each);
  }
});
