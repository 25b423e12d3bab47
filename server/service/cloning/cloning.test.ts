import { mountPath, type LogPage, type StartReply, type Strategy } from '../../contract';
import { createAuthor } from '../testing/author';
import { addUser } from '../testing/fake-hub';
import { BUILT, startRunners, type FakeRunner } from '../testing/fake-runner';
import { MemoryVolumes } from '../testing/memory-volumes';
import { eventually, HOOK_KEY, startTestService, type TestService } from '../testing/test-service';

const SOURCE = { kind: 'files', root: '/home/alice/sales', entry: 'app.py', scope: 'folder' } as const;

let test: TestService;
let volumes: MemoryVolumes;
let alice: string;
let runners: FakeRunner[];
const author = createAuthor(() => ({ test, token: alice }));

beforeEach(() => {
  volumes = new MemoryVolumes();
});
afterEach(() => test.stop());

/** @param volumesMs - how often it is looked for what belongs to nothing */
async function begin(strategies: Strategy[] = ['clone', 'git'], volumesMs = 60_000): Promise<void> {
  test = await startTestService({ strategies }, { volumesMs }, volumes);
  alice = addUser(test.hub, 'alice');
  runners = startRunners(test);
}

const publish = (source: object = SOURCE) => author.publish({ source });
const newest = () => eventually(() => runners.at(-1));

/** Does the job that the newest runner has been given, and says how. */
async function build(strategy: Strategy = 'clone') {
  const [runner, job] = await eventually(() => {
    const last = runners.at(-1);
    return last?.state.job && ([last, last.state.job] as const);
  });
  await runner.progress(job.id, 'copy');
  await runner.result(job.id, { ...BUILT, strategy } as typeof BUILT);
  await author.ended(job.id);
  return job;
}

async function live(): Promise<{ id: string; server: string }> {
  const { id, server } = await publish();
  await build();
  return { id, server };
}

async function update(id: string, body: object = {}): Promise<string> {
  const { status, body: reply } = await test.call<{ build: { id: string } }>(
    alice,
    'POST',
    `api/v1/dashboards/${id}/versions`,
    body
  );
  expect(status).toBe(201);
  return reply.build.id;
}

async function mounts(server: string) {
  const request = { userId: 1, userName: 'alice', serverName: server };
  const { body } = await test.call<StartReply>(HOOK_KEY, 'POST', 'internal/start-specification', request);
  return body.kind === 'run' ? body.mounts : body;
}

/** Ends a server as somebody else would. */
async function stopped(server: string): Promise<void> {
  const last = runners.at(-1);
  test.hub.onStop('alice', server);
  test.hub.users.get('alice')?.servers.delete(server);
  await eventually(() => last?.ended);
}

async function log(id: string): Promise<string[]> {
  const { body } = await test.call<LogPage>(alice, 'GET', `api/v1/dashboards/${id}/logs`);
  return body.lines.map(({ text }) => text);
}

const claimOf = (buildId: string, n = 1) => `dash-v${n}-${buildId}`;

describe('a publish of files on a volume', () => {
  it('has the volume cloned before there is a server, and the server has the clone', async () => {
    await begin();
    volumes.held = true;
    const { id, buildId, server } = await publish();
    const clone = await eventually(() => volumes.clones[0]);
    expect(clone).toMatchObject({
      version: { dashboardId: id, n: 1, buildId, owner: 'alice' },
      from: { claim: 'claim-alice', subPath: 'sales', node: 'node-1' },
      how: 'clone'
    });
    expect(await author.build(buildId)).toMatchObject({ state: 'server', clonesVolume: true });
    expect(runners).toEqual([]);
    clone.progress.line('Cloning the volume claim-alice … 5 s');
    await eventually(async () => (await log(id)).includes('Cloning the volume claim-alice … 5 s'));
    clone.done();
    const job = await build();
    expect(job).toMatchObject({
      cloned: { strategy: 'clone', folder: mountPath(1), from: '/home/alice/sales' }
    });
    const built = await author.build(buildId);
    expect([built.state, built.clonesVolume]).toEqual(['live', undefined]);
    expect(runners).toHaveLength(1);
    const mount = { version: 1, claim: claimOf(buildId), subPath: 'sales', path: mountPath(1) };
    expect(await mounts(server)).toEqual([mount]);
    expect(await author.versions(id)).toMatchObject([{ n: 1, strategy: 'clone', state: 'ready' }]);
  });

  it('asks the server that the files are on, and takes the folder that was seen there', async () => {
    await begin();
    const place = { inode: '1', newest: null, folder: '/home/alice/elsewhere' };
    test.hub.tokens.set('named', {
      name: 'alice',
      scopes: ['access:services!service=dashboards', 'access:servers!server=alice/second']
    });
    alice = 'named';
    await author.publish({ source: { ...SOURCE, root: '~/sales' }, place });
    const { place: told } = (await build()) as { place?: object };
    expect(volumes.located).toEqual([['alice', 'second', '/home/alice/elsewhere']]);
    expect(told).toEqual({ inode: '1', newest: null });
  });

  it('leaves repositories, and what is served as it is saved, to the runner', async () => {
    await begin(['live', 'clone', 'git']);
    await publish({ ...SOURCE, live: true });
    expect(await build('live')).not.toHaveProperty('cloned');
    expect([volumes.located, volumes.clones]).toEqual([[], []]);
  });
});

describe('another version', () => {
  it('is cloned beside the live one, and then another server has both', async () => {
    await begin();
    const { id, server } = await live();
    const [first] = runners;
    volumes.held = true;
    const buildId = await update(id);
    const clone = await eventually(() => volumes.clones[1]);
    expect([first?.ended, first?.state.live?.n, first?.state.job]).toEqual([false, 1, null]);
    clone.done();
    await eventually(() => runners.length === 2);
    expect(first?.ended).toBe(true);
    const job = await build();
    expect(job).toMatchObject({ id: buildId, cloned: { folder: mountPath(2) } });
    expect(runners[1]?.specification.state).toMatchObject({ live: { n: 1, strategy: 'clone' }, job: { id: buildId } });
    expect((await mounts(server)) as object[]).toMatchObject([{ version: 2 }, { version: 1 }]);
  });

  it('that is gone back to needs neither another volume nor another server', async () => {
    await begin();
    const { id } = await live();
    await update(id);
    await build();
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/live`, { version: 1 });
    await build();
    expect((await author.show(id)).liveVersion).toBe(1);
    expect([runners.length, volumes.clones.length]).toEqual([2, 2]);
  });

  it('that fails leaves the old one live, and nothing of itself', async () => {
    await begin();
    const { id, server } = await live();
    volumes.held = true;
    const buildId = await update(id);
    const { fail } = await eventually(() => volumes.clones[1]);
    fail(new Error('storage'));
    expect((await author.ended(buildId)).problem).toMatchObject({ code: 'internal' });
    expect([runners.length, runners[0]?.ended]).toEqual([1, false]);
    await eventually(async () => (await author.show(id)).state === 'running');
    expect((await mounts(server)) as object[]).toMatchObject([{ version: 1 }]);
  });

  it('removes the volumes of those that are no longer kept', async () => {
    await begin();
    const { id } = await live();
    for (const n of [2, 3, 4]) {
      await update(id);
      expect(await build()).toMatchObject({ n });
    }
    await eventually(async () => (await volumes.claims(id)).size === 3);
    expect([...(await volumes.claims(id)).keys()].sort()).toEqual([2, 3, 4]);
  });

  it('is cloned from where the same files were while their server is away', async () => {
    await begin();
    const { id } = await live();
    volumes.running = false;
    await update(id);
    expect(await build()).toMatchObject({ n: 2, cloned: { from: '/home/alice/sales' } });
    expect(volumes.clones[1]?.from).toEqual({ claim: 'claim-alice', subPath: 'sales', node: null });
  });
});

describe('what is in the way', () => {
  it('of a server that does not run is not got round with the volume of another one', async () => {
    await begin();
    const from = (server: string) => {
      const scopes = ['access:services!service=dashboards', `access:servers!server=alice/${server}`];
      test.hub.tokens.set(`of-${server}`, { name: 'alice', scopes });
      alice = `of-${server}`;
      return {
        source: { ...SOURCE, root: '~/sales' },
        place: { inode: '1', newest: null, folder: '/home/alice/sales' }
      };
    };
    const { id } = await author.publish(from('first'));
    await build();
    volumes.running = false;
    expect((await author.ended(await update(id, from('second')))).problem).toMatchObject({
      code: 'source_not_running'
    });
    await update(id, from('first'));
    expect(await build()).toMatchObject({ n: 3, cloned: { from: '/home/alice/sales' } });
  });

  it('of a server that does not run is said, and nothing is begun', async () => {
    await begin();
    volumes.running = false;
    const { buildId } = await publish();
    expect((await author.ended(buildId)).problem).toMatchObject({ code: 'source_not_running' });
    expect(runners).toEqual([]);
  });

  it('of files that are on no volume is said, or they are sent where that is allowed', async () => {
    await begin();
    const { buildId } = await publish({ ...SOURCE, root: '/srv/data' });
    expect((await author.ended(buildId)).problem).toMatchObject({ code: 'source_not_on_claim' });
    await test.stop();
    await begin(['clone', 'relay']);
    const { id } = await publish({ ...SOURCE, root: '/srv/data' });
    expect(await build('relay')).not.toHaveProperty('cloned');
    expect(await log(id)).toContain('It is on no volume.');
  });

  it.each<[Strategy[], Strategy, Strategy[]]>([
    [['clone', 'volume-snapshot'], 'volume-snapshot', ['volume-snapshot']],
    [['clone', 'relay'], 'relay', []]
  ])('of storage that does not clone has the next of %j tried: %s', async (strategies, strategy, tried) => {
    await begin(strategies);
    volumes.unsupported = ['clone'];
    const { id } = await publish();
    const job = await build(strategy);
    expect(volumes.clones.map(({ how }) => how)).toEqual(tried);
    expect('cloned' in job).toBe(strategy !== 'relay');
    expect(await log(id)).toContain('No clone here.');
  });

  it('of a folder that nobody has said where it is, is said', async () => {
    await begin();
    const { buildId } = await publish({ ...SOURCE, root: '~/sales' });
    expect((await author.ended(buildId)).problem).toMatchObject({
      code: 'source_not_running',
      message: 'It is not known where ~/sales is: no server of yours has said it.'
    });
  });

  it('of a kept version whose volume is gone is said, and it is lost', async () => {
    await begin();
    const { id, server } = await live();
    await update(id);
    await build();
    const [[key = ''] = []] = volumes.made;
    volumes.made.delete(key);
    await stopped(server);
    const { body } = await test.call<{ build: { id: string } }>(alice, 'POST', `api/v1/dashboards/${id}/live`, {
      version: 1
    });
    expect((await author.ended(body.build.id)).problem).toMatchObject({
      code: 'file_missing',
      message: 'The volume that version 1 was served from is gone.'
    });
    expect(await author.versions(id)).toMatchObject([{ n: 2 }, { n: 1, state: 'lost' }]);
  });

  it('of storage that does neither is said', async () => {
    await begin();
    volumes.unsupported = ['clone'];
    const { id, buildId } = await publish();
    const { problem } = await author.ended(buildId);
    expect(problem).toMatchObject({ code: 'clone_unsupported' });
    expect(await log(id)).toContain(`No clone here. ${problem?.fix}`);
  });
});

describe('a clone that is under way', () => {
  it('is called off with its build, and nothing is left of it', async () => {
    await begin();
    volumes.held = true;
    const { buildId } = await publish();
    const { progress } = await eventually(() => volumes.clones[0]);
    await test.call(alice, 'POST', `api/v1/builds/${buildId}/cancel`);
    expect(progress.signal.aborted).toBe(true);
    await eventually(() => volumes.made.size === 0);
    expect((await author.build(buildId)).state).toBe('cancelled');
    expect(runners).toEqual([]);
  });

  it('is called off when its dashboard is deleted', async () => {
    await begin();
    volumes.held = true;
    const { id } = await publish();
    await eventually(() => volumes.clones[0]);
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(async () => volumes.made.size === 0 && (await test.service.context.dashboards.get(id)) === null);
  });

  it('is gone on with by the next process, and the build as well', async () => {
    await begin();
    volumes.held = true;
    const { id, buildId } = await publish();
    await eventually(() => volumes.clones[0]);
    await test.restart();
    const { version, done } = await eventually(() => volumes.clones[1]);
    expect(version).toMatchObject({ dashboardId: id, n: 1, buildId });
    done();
    await build();
    expect((await author.build(buildId)).state).toBe('live');
    expect([...volumes.made.values()]).toEqual([claimOf(buildId)]);
  });

  it('does not keep the sleeping dashboard from being woken with what is live', async () => {
    await begin();
    const { id, server } = await live();
    await stopped(server);
    volumes.held = true;
    await update(id);
    const clone = await eventually(() => volumes.clones[1]);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/start`);
    const woken = await eventually(() => runners[1]);
    expect(woken.state).toMatchObject({ live: { n: 1 }, job: null });
    clone.done();
    await eventually(() => runners.length === 3);
    expect(await build()).toMatchObject({ n: 2, cloned: { folder: mountPath(2) } });
  });
});

describe('volumes', () => {
  it('of a version that is made while old ones are looked for stay', async () => {
    await begin();
    const { id } = await live();
    const looked = volumes.claims.bind(volumes);
    const removed = jest.spyOn(volumes, 'remove');
    // The API answers late.
    let answer: () => void = () => undefined;
    const late = new Promise<void>(done => (answer = done));
    const remove = MemoryVolumes.prototype.remove.bind(volumes);
    removed.mockImplementationOnce(async (...args) => {
      await late;
      await remove(...args);
    });
    await update(id);
    await build();
    await update(id);
    await eventually(async () => (await looked(id)).has(3));
    answer();
    await build();
    expect([...(await looked(id)).keys()].sort()).toEqual([1, 2, 3]);
  });

  it('go with their dashboard', async () => {
    await begin();
    const { id } = await live();
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    const runner = await newest();
    await eventually(() => runner.events.some(({ kind }) => kind === 'delete'));
    await runner.removed();
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
    expect(volumes.made.size).toBe(0);
  });

  it('that belong to nothing are swept away, others stay', async () => {
    await begin(['clone'], 20);
    const { id } = await live();
    volumes.made.set(`${id}/7`, 'of-no-version').set('nobody/1', 'of-no-dashboard');
    const before = volumes.sweeps;
    await eventually(() => volumes.sweeps > before + 1);
    expect([...volumes.made.keys()]).toEqual([`${id}/1`]);
  });

  it('that are gone are not mounted; those that cannot be listed are', async () => {
    await begin();
    const { server } = await live();
    const [[key = '', claim = ''] = []] = volumes.made;
    volumes.made.clear();
    expect(await mounts(server)).toBeUndefined();
    volumes.made.set(key, claim);
    const listed = jest.spyOn(volumes, 'claims').mockRejectedValue(new Error('no answer'));
    expect(await mounts(server)).toMatchObject([{ version: 1, claim }]);
    listed.mockRestore();
  });

  it('are mounted, and removed, also where no new ones are made any more', async () => {
    await begin();
    const { server } = await live();
    test.config.strategies = ['relay', 'git'];
    await test.restart();
    expect(await mounts(server)).toMatchObject([{ version: 1 }]);
  });
});
