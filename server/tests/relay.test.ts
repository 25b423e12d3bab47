import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { PushTicket, VersionList } from '../contract';
import { LARGEST_SECTION } from '../relay/frames';
import { CuttingProxy } from '../runner/testing/cutting-proxy';
import { environmentOf } from '../runner/testing/engine-bench';
import { holdAfter, type HeldLine } from '../runner/testing/held-line';
import { seededRandom } from '../runner/testing/seeded-random';
import { eventually } from '../service/testing/test-service';
import { APART } from './apart-spawner';
import { Author, page } from './author';
import { AuthorLab } from './author-lab';
import { startTestHub, type TestHub } from './hub';
import { provideInstallation } from './installation';
import { processesOf } from './leftovers';
import { ask } from './request';
import { onlyProcess } from './service-process';

jest.setTimeout(180_000);

let hub: TestHub;
let alice: Author;
let bob: Author;
let lab: AuthorLab;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob'], config: `${APART}\nc.Spawner.poll_interval = 2\n` });
  alice = await Author.of(hub, 'alice');
  bob = await Author.of(hub, 'bob');
  lab = await AuthorLab.start(hub, alice);
}, 150_000);
afterAll(() => hub?.stop());

const ticketFor = (author: Author, build: string) => author.call<PushTicket>('POST', `builds/${build}/push-ticket`);

const homeOf = (server: string) => join(alice.home, 'servers', server);

function replicaOf(): string {
  const servers = readdirSync(join(alice.home, 'servers')).filter(name => name.startsWith('dash-sales'));
  const [dashboards = ''] = servers.map(name => join(homeOf(name), '.dashboards'));
  const [dashboard = ''] = readdirSync(dashboards);
  return join(dashboards, dashboard, 'replica');
}

it('servers that share nothing: what the author’s own server sends is published, and again what has changed of it', async () => {
  alice.write('sales/app.py', page('sent the first time'));
  alice.write('sales/data/large.csv', 'x'.repeat(2_000_000));
  const { id, link, build } = await alice.publish(lab.request('Sales', 'sales'));
  const first = await lab.wanting(build?.id ?? '');
  expect(await lab.send(first.id)).toEqual({ running: false, outcome: { ok: true, problem: null } });
  expect(await alice.ended(first.id)).toMatchObject({ state: 'live', problem: null });
  expect(await alice.build(first.id)).not.toHaveProperty('wantsFiles');
  await alice.sees(link, 'sent the first time');
  expect(readFileSync(join(replicaOf(), 'data/large.csv'), 'utf8')).toHaveLength(2_000_000);
  const { ino } = statSync(join(replicaOf(), 'data/large.csv'));

  alice.write('sales/app.py', page('sent the second time'));
  const update = await alice.update(id, { place: lab.place('sales') });
  await lab.wanting(update.id);
  expect((await lab.send(update.id)).outcome).toEqual({ ok: true, problem: null });
  expect((await alice.ended(update.id)).state).toBe('live');
  await alice.sees(link, 'sent the second time');
  expect(statSync(join(replicaOf(), 'data/large.csv')).ino).toBe(ino);
  const { versions } = (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body;
  expect(versions.map(({ strategy, files }) => [strategy, files])).toEqual([
    ['relay', 2],
    ['relay', 2]
  ]);
  await alice.call('POST', `dashboards/${id}/live`, { version: 1 });
  await alice.sees(link, 'sent the first time');
});

it('a ticket is for the author, while the build waits', async () => {
  alice.write('waiting/app.py', page('waiting'));
  const { build } = await alice.publish(lab.request('Waiting', 'waiting'));
  const { id } = await lab.wanting(build?.id ?? '');
  expect((await ticketFor(bob, id)).status).toBe(404);
  const { ticket, path } = (await ticketFor(alice, id)).body;
  const url = new URL(path, hub.url).href;
  const call = (headers: Record<string, string>) =>
    ask(`${url}hello?sender=somebody-else`, { method: 'POST', headers, body: '{}' }).then(({ status }) => status);
  // The address leads to the server a moment after that asks for files; until then the Hub answers.
  await eventually(async () => (await call({})) !== 404);
  expect(await call({})).toBe(401);
  expect(await call({ authorization: `token ${lab.token}` })).toBe(401);
  expect(await call({ authorization: `Bearer ${ticket}`, origin: new URL(hub.url).origin })).toBe(403);
  expect(await call({ authorization: `Bearer ${ticket}` })).toBe(200);
  await alice.call('POST', `builds/${id}/cancel`);
  expect((await alice.ended(id)).state).toBe('cancelled');
  expect((await ticketFor(alice, id)).status).toBe(409);
});

it('what is in the way where the files are is said of the build', async () => {
  alice.write('leaving/app.py', page('leaving'));
  const { build } = await alice.publish(lab.request('Leaving', 'leaving'));
  const { id } = await lab.wanting(build?.id ?? '');
  await promisify(execFile)('ln', ['-s', '/etc', join(alice.home, 'leaving', 'out')]);
  expect((await lab.send(id)).outcome).toMatchObject({ ok: false, problem: { code: 'links_leave_folder' } });
  expect((await alice.ended(id)).problem).toMatchObject({ code: 'links_leave_folder' });
});

it('the command sends from where it runs', async () => {
  alice.write('command/app.py', page('sent by the command'));
  const { userPython, environment } = provideInstallation(join(alice.home, 'installation'));
  const token = await hub.token('alice', ['access:services!service=dashboards']);
  const program = ['-m', 'jupyterhub_dashboards.command'];
  const words = ['publish', '~/command/app.py', '--hub', hub.url, '--name', 'By command'];
  const run = promisify(execFile)(userPython, [...program, ...words, '--command', '{python} {entry}'], {
    cwd: alice.home,
    env: { ...environment, HOME: alice.home, JUPYTERHUB_API_TOKEN: token }
  });
  const { stdout } = await run;
  await alice.sees(stdout.trim(), 'sent by the command');
  expect(existsSync(join(alice.home, '.dashboards', 'hashes'))).toBe(true);
});

describe('a process that is killed while files are sent', () => {
  const LARGE = 20_000_000;
  const next = seededRandom(11);
  let line: HeldLine | undefined;
  let front: CuttingProxy;
  /** Counts what is sent the second time. */
  beforeEach(async () => {
    front = await CuttingProxy.start(Number(new URL(hub.url).port), () => null);
  });
  afterEach(async () => {
    line?.close();
    await front.close();
  });

  function arrived(folder: string): number {
    const [server = ''] = readdirSync(join(alice.home, 'servers')).filter(name => name.startsWith(`dash-${folder}`));
    try {
      const dashboards = join(homeOf(server), '.dashboards');
      const incoming = join(dashboards, readdirSync(dashboards)[0] ?? '', 'relay', 'incoming');
      return readdirSync(incoming).reduce((sum, name) => sum + statSync(join(incoming, name)).size, 0);
    } catch {
      return 0; // Nothing yet.
    }
  }

  /** Sends the files by a line that is held in their middle, and kills it once they have come so far. */
  async function killInTheMiddle(pid: number, folder: string, build: string): Promise<void> {
    const enough = LARGE * (0.3 + 0.4 * next());
    line = await holdAfter(enough, { port: Number(new URL(hub.url).port) });
    await lab.begin(build, line.port);
    // The last section is not whole, and what the requests say besides counts as well.
    await eventually(() => arrived(folder) > enough - 2 * LARGEST_SECTION);
    process.kill(pid, 'SIGKILL');
  }

  async function begun(name: string): Promise<{ build: string; link: string }> {
    const folder = name.toLowerCase();
    alice.write(`${folder}/app.py`, page(`${folder} goes on`));
    writeFileSync(join(alice.home, folder, 'large.bin'), randomBytes(LARGE));
    const { link, build } = await alice.publish(lab.request(name, folder));
    await lab.wanting(build?.id ?? '');
    return { build: build?.id ?? '', link };
  }

  it('the author’s own server: the files are sent again, without what has arrived', async () => {
    const { build, link } = await begun('Labkilled');
    const pid = await onlyProcess(hub, /jupyterhub[.-]singleuser/);
    await killInTheMiddle(pid, 'labkilled', build);
    await eventually(async () => (await lab.state()) === undefined, 60_000);
    // What it had started has ended with it.
    await eventually(() => processesOf(hub, /push\.js/).length === 0);
    expect((await alice.build(build)).wantsFiles).toBe(true);
    await lab.startAgain();
    await lab.begin(build, front.port);
    expect((await lab.sent(build)).outcome).toEqual({ ok: true, problem: null });
    expect((await alice.ended(build)).state).toBe('live');
    await alice.sees(link, 'labkilled goes on');
    expect(front.passed).toBeLessThan(0.9 * LARGE);
  });

  it('the dashboard’s server: the next one has them sent with another ticket, without what has arrived', async () => {
    const { build, link } = await begun('Runnerkilled');
    const pid = await onlyProcess(hub, /runner\.js/, runner =>
      environmentOf(runner).some(variable => /^HOME=.*dash-runnerkilled/.test(variable))
    );
    await killInTheMiddle(pid, 'runnerkilled', build);
    line?.letGo();
    expect((await lab.sent(build)).outcome).toMatchObject({ ok: false, problem: { code: 'not_signed_in' } });
    await lab.wanting(build);
    await lab.begin(build, front.port);
    expect((await lab.sent(build)).outcome).toEqual({ ok: true, problem: null });
    expect((await alice.ended(build)).state).toBe('live');
    await alice.sees(link, 'runnerkilled goes on');
    expect(front.passed).toBeLessThan(0.9 * LARGE);
  });
});
