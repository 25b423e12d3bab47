import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRepository, type GitRepository } from '../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../runner/testing/git-server';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { ended, HUB, restarter } from './hub-process';
import { NO_ORPHANS, orphanRows, processesOf } from './leftovers';
import { onlyProcess, SERVICE, serviceAnswers } from './service-process';

jest.setTimeout(180_000);

let folder: string;
let git: GitServer;
let repository: GitRepository;
let hub: TestHub;
let alice: Author;
/** A Hub that was started again after the first one was killed. */
let revived: ChildProcess | null = null;
/** Requests that git has made and that are not answered yet. */
let held: (() => void)[] | null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-abuse-'));
  git = await startGitServer(folder);
  git.answer = (request, response) => {
    if (held === null) {
      return false;
    }
    held.push(() => git.serve(request, response));
    return true;
  };
  hub = await startTestHub({
    users: ['alice'],
    config: `c.Spawner.environment = {"GIT_SSL_CAINFO": ${JSON.stringify(git.certificate)}}\nc.Spawner.poll_interval = 2\n`,
    configure: 'git_hosts=["127.0.0.1"]'
  });
  alice = await Author.of(hub, 'alice');
}, 90_000);
afterAll(async () => {
  release();
  if (revived) {
    await ended(revived);
  }
  await hub?.stop();
  await git.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  held = null;
});
afterEach(() => release());

function release(): void {
  const waiting = held ?? [];
  held = null;
  waiting.forEach(serve => serve());
}

/** A dashboard of a repository whose first version is live, and a second commit. */
async function prepared(name: string): Promise<{ id: string; link: string }> {
  repository = createRepository(folder, name);
  repository.commit({ 'app.py': page(`${name} one`) });
  const url = `${git.url}${name}.git`;
  const source = { kind: 'git', url, ref: 'main', root: '.', entry: 'app.py', scope: 'folder' };
  const { id, link } = await alice.live(alice.request(name, 'x', 'app.py', { source }));
  await alice.sees(link, `${name} one`);
  repository.commit({ 'app.py': page(`${name} two`) });
  return { id, link };
}

/** Begins an update that stays where it asks the server of the repository. @returns the build's id */
async function updateHeld(id: string): Promise<string> {
  held = [];
  const build = await alice.update(id, {});
  await eventually(() => (held ?? []).length > 0, 60_000);
  return build.id;
}

function versionsOnDisk(id: string): string[] {
  return readdirSync(join(alice.home, '.dashboards', id, 'versions')).sort();
}

it('a service that is killed while a repository is fetched goes on with the build when it is back', async () => {
  const { id, link } = await prepared('service-killed');
  const build = await updateHeld(id);
  const before = await onlyProcess(hub, SERVICE);
  process.kill(before, 'SIGKILL');
  await eventually(async () => (await onlyProcess(hub, SERVICE)) !== before, 60_000);
  await serviceAnswers(hub);
  release();
  expect((await alice.ended(build)).state).toBe('live');
  await alice.sees(link, 'service-killed two');
  expect(versionsOnDisk(id)).toEqual(['1', '2']);
});

it('a repository’s server that is gone in the middle leaves the live version, and nothing half-made', async () => {
  const { id, link } = await prepared('server-gone');
  const build = await updateHeld(id);
  const { answer } = git;
  git.answer = request => {
    request.socket.destroy();
    return true;
  };
  held?.splice(0);
  git.breakOff();
  expect((await alice.ended(build)).problem).toMatchObject({ code: 'git_unreachable' });
  expect((await alice.open(link)).text).toContain('server-gone one');
  expect(versionsOnDisk(id)).toEqual(['1']);
  git.answer = answer;
  held = null;
  expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
  await alice.sees(link, 'server-gone two');
});

it('a server of a dashboard that is killed while it fetches leaves no git behind, and the next one makes the version', async () => {
  const { id, link } = await prepared('runner-killed');
  const build = await updateHeld(id);
  const server = (await alice.servers()).find(name => name.startsWith('dash-runner-killed')) ?? '';
  const runners = processesOf(hub, /runner\.js/).filter(pid => pid !== process.pid);
  expect([server, runners.length > 0]).toEqual([expect.stringMatching(/^dash-/), true]);
  runners.forEach(pid => process.kill(pid, 'SIGKILL'));
  release();
  expect((await alice.ended(build)).state).toBe('live');
  await alice.sees(link, 'runner-killed two');
  expect(versionsOnDisk(id)).toEqual(['1', '2']);
  expect(processesOf(hub, /git fetch|git ls-remote|git-remote-https/)).toEqual([]);
});

it('a Hub that is killed while a repository is fetched takes its service with it; the build goes on with the next one', async () => {
  const { id, link } = await prepared('hub-killed');
  const build = await updateHeld(id);
  const killed = await onlyProcess(hub, HUB);
  const again = restarter(hub, killed);
  process.kill(killed, 'SIGKILL');
  await eventually(() => processesOf(hub, SERVICE).length === 0, 10_000);
  // What it fetches comes while nobody can be told.
  release();
  revived = again();
  await serviceAnswers(hub);
  expect((await alice.ended(build)).state).toBe('live');
  await alice.sees(link, 'hub-killed two');
  expect(versionsOnDisk(id)).toEqual(['1', '2']);
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
});
