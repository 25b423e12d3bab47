import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type {
  AuditList,
  BuildReply,
  ErrorReply,
  GitCredentialList,
  GitCredentialReply,
  GitCredentialSecret
} from '../../contract';
import { createGitCredentialStore } from '../db/git-credential-store';
import { openDatabase } from '../db/open';
import { addUser } from '../testing/fake-hub';
import { FakeRunner } from '../testing/fake-runner';
import { PUBLISH, startTestService, type TestService } from '../testing/test-service';
import { forgetLeavers } from './forget';
import { makeSshKey } from './ssh-key';

const PATH = 'api/v1/git-credentials';
const TOKEN = 'glpat-5ecret-of-alice';
const SOURCE = {
  kind: 'git',
  url: 'https://git.example.org/team/x.git',
  ref: 'main',
  root: '.',
  entry: 'app.py',
  scope: 'folder'
};

let test: TestService;
let alice: string;
let bob: string;
beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
});
afterEach(() => test.stop());

const store = (body: object, who = alice) => test.call<GitCredentialReply & ErrorReply>(who, 'POST', PATH, body);
const list = async (who = alice) => (await test.call<GitCredentialList>(who, 'GET', PATH)).body.credentials;
const publish = (source: object, who = alice) =>
  test.call<BuildReply & ErrorReply>(who, 'POST', 'api/v1/dashboards', { ...PUBLISH, source });

async function storeToken(more: object = {}, who = alice): Promise<string> {
  return (await store({ kind: 'token', host: 'git.example.org', token: TOKEN, ...more }, who)).body.credential.id;
}

/** A build that is under way in the dashboard's server. */
async function building(credential: string | undefined) {
  const { body } = await publish({ ...SOURCE, ...(credential !== undefined && { credential }) });
  const record = await test.service.context.dashboards.get(body.dashboard.id);
  const runner = await FakeRunner.start(test, 'alice', record?.dashboard.serverName ?? '');
  const at = `runner/builds/${body.build.id}/git-credential?startId=${runner.specification.startId}`;
  return {
    runner,
    body,
    ask: (token = runner.token) => test.call<GitCredentialSecret & ErrorReply>(token, 'GET', at)
  };
}

it('a credential is stored, listed for its owner alone, and deleted', async () => {
  const { status, body } = await store({ kind: 'token', host: 'Git.Example.org', username: 'alice', token: TOKEN });
  expect([status, body.credential]).toEqual([
    201,
    {
      id: expect.any(String),
      kind: 'token',
      host: 'git.example.org',
      username: 'alice',
      publicKey: null,
      createdAt: expect.any(String)
    }
  ]);
  const { id } = body.credential;
  expect(await list()).toEqual([body.credential]);
  expect(await list(bob)).toEqual([]);
  expect(await list(addUser(test.hub, 'root', { admin: true }))).toEqual([]);
  expect((await test.call(bob, 'DELETE', `${PATH}/${id}`)).status).toBe(404);
  expect((await test.call(alice, 'DELETE', `${PATH}/${id}`)).status).toBe(204);
  expect((await test.call(alice, 'DELETE', `${PATH}/${id}`)).status).toBe(404);
  expect(await list()).toEqual([]);
});

it('what is secret is in no reply, no line of the log, no audit record, no start and not in the database', async () => {
  const key = makeSshKey('x').privateKey;
  const secrets = [TOKEN, key.split('\n')[2] ?? ''];
  const id = await storeToken();
  const { text } = await store({ kind: 'ssh_key', host: 'git.example.org', privateKey: key });
  const refused = await store({ kind: 'token', host: 'git.example.org', token: `${TOKEN}\u0007` });
  expect(refused.status).toBe(400);
  const { runner, ask, body } = await building(id);
  await ask();
  const told = await Promise.all([
    test.call(alice, 'GET', PATH),
    test.call(alice, 'GET', `api/v1/dashboards/${body.dashboard.id}/versions`),
    test.call(alice, 'GET', `api/v1/builds/${body.build.id}`),
    test.call(addUser(test.hub, 'root', { admin: true }), 'GET', 'api/v1/audit')
  ]);
  const all = [
    text,
    refused.text,
    test.log(),
    JSON.stringify(runner.specification),
    JSON.stringify(runner.events),
    ...told.map(reply => reply.text),
    readFileSync(test.config.database, 'latin1'),
    readFileSync(`${test.config.database}-wal`, 'latin1')
  ];
  for (const secret of secrets) {
    expect(all.filter(one => one.includes(secret))).toEqual([]);
  }
});

it('the server of a build gets what its source names, while the build is under way', async () => {
  const id = await storeToken();
  const { ask, runner, body } = await building(id);
  const { status, body: secret, headers } = await ask();
  expect([status, secret]).toEqual([200, { kind: 'token', host: 'git.example.org', username: null, token: TOKEN }]);
  expect(headers.get('cache-control')).toBe('no-store');
  await runner.build();
  expect((await ask()).status).toBe(404);
  expect(body.build.version).toBe(1);
});

it('nobody else gets it', async () => {
  const id = await storeToken();
  const { ask } = await building(id);
  const lab = 'token-of-lab';
  test.hub.tokens.set(lab, { name: 'alice', scopes: ['access:servers!server=alice/'] });
  const other = 'token-of-another-dashboard';
  test.hub.tokens.set(other, { name: 'alice', scopes: ['access:servers!server=alice/dash-other'] });
  const bobs = 'token-of-bob';
  test.hub.tokens.set(bobs, { name: 'bob', scopes: ['access:servers!server=bob/dash-other'] });
  expect((await ask(alice)).status).toBe(403);
  expect((await ask(lab)).status).toBe(403);
  expect((await ask(other)).status).toBe(403);
  expect((await ask(bobs)).status).toBe(403);
  expect((await ask('nobody')).status).toBe(401);
});

it('a build whose source names none gets none', async () => {
  await storeToken();
  expect((await (await building(undefined)).ask()).status).toBe(404);
});

it('one that was deleted meanwhile is given to nobody', async () => {
  const id = await storeToken();
  const { ask } = await building(id);
  await test.call(alice, 'DELETE', `${PATH}/${id}`);
  expect((await ask()).status).toBe(404);
});

it('a source names only a credential of its author’s, of its host and of its kind', async () => {
  const theirs = await storeToken({}, bob);
  const own = await storeToken();
  const other = await storeToken({ host: 'github.com' });
  const key = (await store({ kind: 'ssh_key', host: 'git.example.org' })).body.credential.id;
  const tried = async (credential: string, url = SOURCE.url) =>
    (await publish({ ...SOURCE, url, credential })).body.error?.message ?? 'accepted';
  expect(await tried(theirs)).toMatch(/no such git credential of yours/);
  expect(await tried('nothing')).toMatch(/no such git credential of yours/);
  expect(await tried(other)).toMatch(/for github.com, not for git.example.org/);
  expect(await tried(key)).toMatch(/key for ssh does not go with/);
  expect(await tried(own, 'git@git.example.org:x')).toMatch(/A token goes with/);
  expect(await tried(own)).toBe('accepted');
});

it('a user of the same name who came later gets nothing of the earlier one’s', async () => {
  const id = await storeToken();
  const first = await building(id);
  expect((await first.ask()).status).toBe(200);
  const { context } = test.service;
  const { dashboard } = (await context.dashboards.get(first.body.dashboard.id)) ?? {};
  const source = (await context.dashboards.versions(first.body.dashboard.id))[0]?.source;
  if (!dashboard || !source) {
    throw new Error('no dashboard');
  }
  await expect(context.gitCredentials.secretFor({ ...dashboard, ownerHubId: 99 }, source)).rejects.toThrow(
    /no such git credential/
  );
});

it('credentials of those who have left the Hub are forgotten', async () => {
  const removed: string[] = [];
  const kept = {
    owners: () => Promise.resolve(['alice', 'gone']),
    removeAllOf: (owner: string) => Promise.resolve(void removed.push(owner))
  } as unknown as Parameters<typeof forgetLeavers>[0];
  await forgetLeavers(kept, { userExists: name => Promise.resolve(name === 'alice') }, () => 0);
  expect(removed).toEqual(['gone']);
});

it('what is stored and removed is recorded for administrators, with nothing that is secret', async () => {
  const root = addUser(test.hub, 'root', { admin: true });
  const first = await storeToken();
  const key = (await store({ kind: 'ssh_key', host: 'git.example.org' })).body.credential.id;
  expect((await store({ kind: 'token', host: 'two words', token: TOKEN })).status).toBe(400);
  expect((await test.call(bob, 'DELETE', `${PATH}/${first}`)).status).toBe(404);
  await test.call(alice, 'DELETE', `${PATH}/${first}`);
  const db = await openDatabase(test.config.database);
  await forgetLeavers(
    createGitCredentialStore(db),
    { userExists: () => Promise.resolve(false) },
    () => 1_700_000_000_000
  );
  await db.destroy();
  const { body } = await test.call<AuditList>(root, 'GET', 'api/v1/audit');
  const records = body.records.reverse().filter(({ action }) => action.startsWith('credential_'));
  expect(
    records.map(({ actor, action, owner, dashboardId, detail }) => [actor, action, owner, dashboardId, detail])
  ).toEqual([
    ['alice', 'credential_stored', 'alice', null, `token for git.example.org, ${first}`],
    ['alice', 'credential_stored', 'alice', null, `ssh key for git.example.org, ${key}`],
    ['alice', 'credential_removed', 'alice', null, `token for git.example.org, ${first}`],
    ['', 'credential_removed', 'alice', null, `ssh key for git.example.org, ${key}`]
  ]);
  expect(JSON.stringify(body)).not.toContain(TOKEN);
});

it.each([
  [{ kind: 'token', host: 'https://git.example.org/x', token: 'x' }, /host/],
  [{ kind: 'token', host: 'git.example.org:8443', token: 'x' }, /host/],
  [{ kind: 'token', host: 'git.example.org', token: 'two\nlines' }, /token/],
  [{ kind: 'token', host: 'git.example.org', token: '' }, /token/],
  [{ kind: 'token', host: 'git.example.org', username: 'a:b', token: 'x' }, /username/],
  [{ kind: 'token', host: 'git.example.org', username: 'a\nb', token: 'x' }, /username/],
  [{ kind: 'ssh_key', host: 'git.example.org', privateKey: 'ssh-ed25519 AAAA' }, /not the text of a private key/],
  [{ kind: 'ssh_key', host: 'git.example.org', token: 'x' }, /./],
  [{ kind: 'other', host: 'git.example.org' }, /./]
])('%j is refused', async (body, expected) => {
  const reply = await store(body);
  expect(reply.status).toBe(400);
  expect(reply.body.error.message).toMatch(expected);
});

it('fifty are enough for everybody', async () => {
  for (let i = 0; i < 50; i++) {
    await storeToken();
  }
  expect((await store({ kind: 'token', host: 'x.example', token: 'x' })).body.error.message).toMatch(/are 50 git cred/);
});

describe('keys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ssh-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('made here are those of ssh', async () => {
    const id = (await store({ kind: 'ssh_key', host: 'git.example.org' })).body.credential.id;
    const [shown] = await list();
    const url = 'git@git.example.org:team/x.git';
    const { body } = await publish({ ...SOURCE, url, credential: id });
    const record = await test.service.context.dashboards.get(body.dashboard.id);
    const runner = await FakeRunner.start(test, 'alice', record?.dashboard.serverName ?? '');
    const at = `runner/builds/${body.build.id}/git-credential?startId=${runner.specification.startId}`;
    const { body: secret } = await test.call<GitCredentialSecret>(runner.token, 'GET', at);
    const file = path.join(folder, 'key');
    writeFileSync(file, secret.kind === 'ssh_key' ? secret.privateKey : '', { mode: 0o600 });
    const publicKey = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).trim();
    expect(shown?.publicKey).toBe(publicKey);
  });

  it.each(['ed25519', 'rsa', 'ecdsa'])('of other makers are taken, with whatever line ends: %s', async type => {
    const file = path.join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    const text = readFileSync(file, 'utf8');
    const pasted = { kind: 'ssh_key', host: 'git.example.org', privateKey: `\n${text.replaceAll('\n', '\r\n')} ` };
    expect((await store(pasted)).body.credential).toMatchObject({ kind: 'ssh_key', publicKey: null });
  });

  it.each([[[]], [['-m', 'PEM', '-t', 'rsa']]])('that need a passphrase are refused: %j', async more => {
    const file = path.join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', ...more, '-N', 'secret', '-f', file]);
    const privateKey = readFileSync(file, 'utf8');
    const reply = await store({ kind: 'ssh_key', host: 'git.example.org', privateKey });
    expect(reply.body.error.message).toMatch(/needs a passphrase/);
  });
});
