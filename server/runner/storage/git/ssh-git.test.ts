import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ProblemError } from '../../../problem-error';
import { startSshServer, type SshServer } from '../../testing/ssh-server';
import type { GitCredential } from './credential';
import { createFixture, type Fixture } from './fixture';

let ssh: SshServer;
let fixture: Fixture;
let url: string;
beforeEach(async () => {
  ssh = await startSshServer();
  fixture = await createFixture();
  url = `ssh://${ssh.user}@127.0.0.1:${ssh.port}${fixture.repository.bare}`;
});
afterEach(async () => {
  await fixture.end();
  await ssh.close();
});

const key = (more: Partial<Extract<GitCredential, { kind: 'ssh_key' }>> = {}): GitCredential => ({
  kind: 'ssh_key',
  host: '127.0.0.1',
  privateKey: ssh.key,
  knownHosts: null,
  ...more
});

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return 'none';
  } catch (error) {
    return error instanceof ProblemError ? JSON.stringify(error.problem) : String(error);
  }
}

it('a repository is fetched with a deploy key, which stays nowhere', async () => {
  const first = fixture.repository.commit({ 'app.py': '1' });
  expect((await fixture.fetch({ url }, { credential: key() })).commit).toBe(first);
  const second = fixture.repository.commit({ 'app.py': '2' });
  expect((await fixture.fetch({ url, ref: 'main' }, { credential: key() })).commit).toBe(second);
  expect((await fixture.fetch({ url, ref: first }, { credential: key() })).commit).toBe(first);
  const secret = ssh.key.split('\n')[1] ?? '';
  expect(secret.length).toBeGreaterThan(30);
  const { stdout } = spawnSync('grep', ['-rlF', '--', secret, fixture.folder, '/dev/shm'], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

it('a folder of it is fetched without the files of the others', async () => {
  fixture.repository.commit({ 'a/app.py': '1', 'b/x': 'x' });
  const { root } = await fixture.fetch({ url, root: 'a' }, { credential: key() });
  expect(readFileSync(path.join(root, 'app.py'), 'utf8')).toBe('1');
});

it('without a key, and with one that is not let in, it is refused', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  const other = mkdtempSync(path.join(tmpdir(), 'other-key-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(other, 'key')]);
  const privateKey = readFileSync(path.join(other, 'key'), 'utf8');
  rmSync(other, { recursive: true });
  expect(await problem(fixture.fetch({ url }))).toMatch(/git_refused.*Store a deploy key/);
  expect(await problem(fixture.fetch({ url }, { credential: key({ privateKey }) }))).toMatch(/git_refused/);
});

it('a host that shows another key than at first is not believed', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  await fixture.fetch({ url }, { credential: key() });
  await ssh.changeHostKey();
  expect(await problem(fixture.fetch({ url }, { credential: key() }))).toMatch(
    /git_refused.*did not show the key that it is known by/
  );
});

it('a host is known by the keys that were stored with the credential', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  const knownHosts = `[127.0.0.1]:${ssh.port} ${ssh.hostKey}\n`;
  await fixture.fetch({ url }, { credential: key({ knownHosts }) });
  await ssh.changeHostKey();
  expect(await problem(fixture.fetch({ url }, { credential: key({ knownHosts }) }))).toMatch(/git_refused.*known by/);
});

it('a repository that is not there is told as one that is private', async () => {
  expect(await problem(fixture.fetch({ url: `${url}-none` }, { credential: key() }))).toMatch(/git_refused/);
});
