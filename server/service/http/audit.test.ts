import { createHash } from 'node:crypto';

import type { AuditList, AuditRecord, BuildReply, ErrorReply } from '../../contract';
import { createAuditLog } from '../db/audit';
import { openDatabase } from '../db/open';
import { problem } from '../errors';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let root: string;
let runners: FakeRunner[];

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  root = addUser(test.hub, 'root', { admin: true });
  runners = startRunners(test);
});
afterEach(() => test.stop());

const records = async (query = '') =>
  (await test.call<AuditList>(root, 'GET', `api/v1/audit${query}`)).body.records.reverse();
const short = ({ actor, action, slug, detail }: AuditRecord) => [actor, action, slug, detail];
const act = (token: string, method: string, path: string, body?: object) =>
  test.call(token, method, `api/v1/${path}`, body);

async function published(audience: object = { kind: 'everyone' }): Promise<string> {
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, audience });
  const runner = await eventually(() => runners[0]);
  await runner.build();
  await eventually(async () => (await test.service.context.dashboards.get(body.dashboard.id))?.runner?.ready);
  return body.dashboard.id;
}

async function ticket(browser: Browser, id: string): Promise<number> {
  const flow = createHash('sha256').update('nonce').digest('base64url');
  const query = { dashboard: id, start: runners[0]?.startId ?? '', flow, flowId: 'a' };
  return (await browser.open(`ticket?${new URLSearchParams(query)}`)).status;
}

describe('the audit records', () => {
  it('name every change, and who made it', async () => {
    const id = await published();
    await act(alice, 'PATCH', `dashboards/${id}`, { name: 'Revenue', audience: { kind: 'owner' } });
    await act(alice, 'POST', `dashboards/${id}/versions`, { command: 'python {entry} --password hunter2' });
    await act(root, 'POST', `dashboards/${id}/stop`);
    await act(root, 'POST', `dashboards/${id}/stop`);
    await act(alice, 'POST', `dashboards/${id}/start`);
    await act(alice, 'POST', `dashboards/${id}/live`, { version: 1 });
    await act(root, 'DELETE', `dashboards/${id}`);
    const found = await records(`?dashboard=${id}`);
    expect(found.map(short)).toEqual([
      ['alice', 'publish', 'sales', 'version 1, audience: everyone'],
      ['alice', 'live', 'sales', 'version 1'],
      ['alice', 'patch', 'sales', 'name: Revenue, was: Sales; audience: the owner alone, was: everyone'],
      ['alice', 'update', 'sales', 'version 2'],
      ['root', 'cancel', 'sales', 'version 2'],
      ['root', 'stop', 'sales', ''],
      ['root', 'stop', 'sales', ''],
      ['alice', 'start', 'sales', ''],
      ['alice', 'activate', 'sales', 'version 1'],
      ['root', 'delete', 'sales', 'Revenue'],
      ['root', 'cancel', 'sales', 'version 1']
    ]);
    expect(found.every(({ owner, dashboardId }) => owner === 'alice' && dashboardId === id)).toBe(true);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('name what came of a build, under its author, and nothing that an app has said', async () => {
    const id = await published();
    const [runner] = runners;
    const { body } = await test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    await eventually(() => runner?.state.job);
    const said = problem('app_failed', 'It raised KeyError: hunter2.', 'Correct it.', 'password = hunter2');
    await runner?.result(body.build.id, { ok: false, problem: said });
    await runner?.result(body.build.id, { ok: false, problem: said });
    await act(alice, 'POST', `dashboards/${id}/live`, { version: 1 });
    await eventually(() => runner?.state.job?.kind === 'activate');
    await runner?.build();
    const found = await records();
    expect(found.map(short).slice(1)).toEqual([
      ['alice', 'live', 'sales', 'version 1'],
      ['alice', 'update', 'sales', 'version 2'],
      ['alice', 'failed', 'sales', 'version 2, app_failed'],
      ['alice', 'activate', 'sales', 'version 1'],
      ['alice', 'live', 'sales', 'version 1']
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('name what was refused, and nothing that failed', async () => {
    const id = await published({ kind: 'owner' });
    const bob = 'bob-token';
    await act(bob, 'PATCH', `dashboards/${id}`, { name: 'Mine' });
    await act(bob, 'GET', `dashboards/${id}`);
    await act(bob, 'GET', 'dashboards/nothing');
    await act(alice, 'PATCH', `dashboards/${id}`, { name: ' ' });
    await eventually(async () => (await records()).length > 2);
    expect((await records()).map(short).slice(2)).toEqual([['bob', 'view_refused', 'sales', '']]);
  });

  it('name who was let in, who was not, and whose session was ended', async () => {
    const id = await published();
    const bob = new Browser(test);
    await bob.signIn('bob');
    expect(await ticket(bob, id)).toBe(302);
    await act(alice, 'PATCH', `dashboards/${id}`, { audience: { kind: 'owner' } });
    expect(await ticket(bob, id)).toBe(404);
    for (let n = 0; n < 5; n++) {
      await bob.open('d/sales');
    }
    await eventually(async () => (await records()).some(({ action }) => action === 'view_refused'));
    expect((await records()).map(short).slice(2)).toEqual([
      ['bob', 'view_allowed', 'sales', ''],
      ['alice', 'patch', 'sales', 'audience: the owner alone, was: everyone'],
      ['bob', 'session_ended', 'sales', 'the audience was changed'],
      ['bob', 'view_refused', 'sales', '']
    ]);
    expect(JSON.stringify(await records())).not.toMatch(/nonce|token|cookie/);
  });

  it('name a session that ended with the sign-in, once, and those of a deleted dashboard under its own name', async () => {
    const id = await published();
    const [bob, other] = [new Browser(test), new Browser(test)];
    await bob.signIn('bob');
    await ticket(bob, id);
    await ticket(bob, id);
    await other.signIn('root');
    await ticket(other, id);
    test.hub.tokens.delete('bob-viewer-token');
    test.advance(10_000);
    await bob.open('d/sales');
    await act(alice, 'DELETE', `dashboards/${id}`);
    await eventually(async () => (await records()).filter(({ action }) => action === 'session_ended').length === 2);
    expect((await records()).filter(({ action }) => action === 'session_ended').map(short)).toEqual([
      ['bob', 'session_ended', 'sales', 'signed out'],
      ['root', 'session_ended', 'sales', 'the dashboard was deleted']
    ]);
  });

  it('are for administrators, and come page by page, the newest first', async () => {
    const { status, body } = await test.call<ErrorReply>(alice, 'GET', 'api/v1/audit');
    expect([status, body.error.code]).toEqual([403, 'not_allowed']);
    const id = await published();
    for (let n = 0; n < 4; n++) {
      await act(alice, 'PATCH', `dashboards/${id}`, { name: `Name ${n}` });
    }
    const seen: number[] = [];
    let before: number | null = null;
    do {
      const query: string = `?limit=2${before === null ? '' : `&before=${before}`}`;
      const page: AuditList = (await test.call<AuditList>(root, 'GET', `api/v1/audit${query}`)).body;
      seen.push(...page.records.map(({ seq }) => seq));
      before = page.before;
    } while (before !== null);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('are kept for 400 days', async () => {
    await published();
    const db = await openDatabase(test.config.database);
    const audit = createAuditLog(db);
    await audit.forget(Date.now() - 60_000);
    expect(await records()).toHaveLength(2);
    await audit.forget(Date.now() + 60_000);
    expect(await records()).toEqual([]);
    await db.destroy();
  });
});
