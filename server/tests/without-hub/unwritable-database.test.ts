import { createHash } from 'node:crypto';

import { pino } from 'pino';

import type { BuildReply, ErrorReply, TicketClaims } from '../../contract';
import { Connections } from '../../runner/proxy/connections';
import { ManualClock } from '../../runner/testing/manual-clock';
import { HeartbeatLoop } from '../../runner/viewers/heartbeat';
import { LEASE, Sessions } from '../../runner/viewers/sessions';
import { Browser } from '../../service/testing/browser';
import { addUser } from '../../service/testing/fake-hub';
import { startRunners, type FakeRunner } from '../../service/testing/fake-runner';
import { eventually, PUBLISH, type TestService } from '../../service/testing/test-service';
import { startUnwritableService } from '../../service/testing/unwritable';

/** As long as a runner waits between two heartbeats. */
const BEAT_MS = 4_000;

let test: TestService;
let setWritable: (writable: boolean) => void;
let alice: string;
let runner: FakeRunner;
let id: string;
let bob: Browser;

beforeEach(async () => {
  ({ test, setWritable } = await startUnwritableService());
  alice = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  const runners = startRunners(test);
  const published = { ...PUBLISH, audience: { kind: 'everyone' } };
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', published);
  id = body.dashboard.id;
  runner = await eventually(() => runners[0]);
  await runner.build();
  await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
  bob = new Browser(test);
  await bob.signIn('bob');
});
afterEach(() => test.stop());

const asked = () => {
  const flow = createHash('sha256').update('nonce').digest('base64url');
  return `ticket?${new URLSearchParams({ dashboard: id, start: runner.startId, flow, flowId: 'a1', next: '' })}`;
};

/** What the runner knows of bob after his sign-in, with a WebSocket of his that is open, and the runner's heartbeats. */
async function looking() {
  const { location } = await bob.open(asked());
  const [content = ''] = (new URL(location ?? '', test.origin).searchParams.get('ticket') ?? '').split('.');
  const claims = JSON.parse(Buffer.from(content, 'base64url').toString()) as TicketClaims;
  const clock = new ManualClock();
  const [sessions, connections] = [new Sessions(clock), new Connections(clock)];
  const { session } = sessions.begin(claims);
  let open = true;
  connections.add({ session: session.id, version: 1, close: () => (open = false) });
  const loop = new HeartbeatLoop({
    stored: () => null,
    startId: runner.startId,
    sessions,
    connections,
    status: () => ({ state: 'serving', version: 1, problem: null }),
    async send(heartbeat) {
      const { status, body } = await test.call<ErrorReply & { ended: string[] }>(
        runner.token,
        'POST',
        'runner/heartbeat',
        heartbeat
      );
      if (status !== 200) {
        throw new Error(body.error.message);
      }
      return body;
    },
    clock,
    log: pino({ level: 'silent' })
  });
  return {
    isOpen: () => open,
    confirm: () => loop.confirm(session),
    async beat() {
      clock.advance(BEAT_MS);
      test.advance(BEAT_MS);
      await loop.beat();
    }
  };
}

describe('with a database that nothing can be written to', () => {
  it('whoever looks goes on beyond the minute that runners go on by themselves', async () => {
    const { beat, confirm, isOpen } = await looking();
    setWritable(false);
    for (let at = 0; at < 2 * LEASE; at += BEAT_MS) {
      await beat();
    }
    expect([isOpen(), await confirm()]).toEqual([true, 'valid']);
    expect(test.log().match(/heartbeats of runners not recorded; tried again/g)).toHaveLength(1);
    setWritable(true);
    await beat();
    expect(test.log()).toContain('no longer: heartbeats of runners not recorded');
    expect((await test.service.context.dashboards.get(id))?.runner?.viewers).toBe(1);
  });

  it('whoever signs out is out nevertheless', async () => {
    const { beat, confirm, isOpen } = await looking();
    setWritable(false);
    test.hub.tokens.delete('bob-viewer-token');
    await beat();
    await beat();
    expect([isOpen(), await confirm()]).toEqual([false, 'ended']);
  });

  it('the service stops in order, with changes and refusals that it could not record', async () => {
    setWritable(false);
    expect((await test.call('bob-token', 'PATCH', `api/v1/dashboards/${id}`, { name: 'Mine' })).status).toBe(403);
    test.service.context.changes.report({ kind: 'dashboard', id });
    await test.service.stop();
    expect(test.log()).toContain('changes not recorded');
    await expect(test.service.context.dashboards.get(id)).rejects.toThrow();
    await test.restart();
    expect((await test.call(alice, 'GET', 'api/v1/dashboards')).status).toBe(200);
  });

  it('nobody new is let in, nothing is changed, and lists are read', async () => {
    setWritable(false);
    const page = await bob.open(asked());
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('cannot use its database')]);
    const patched = await test.call(alice, 'PATCH', `api/v1/dashboards/${id}`, { name: 'Other' });
    expect(patched.status).toBe(503);
    expect((await test.call(alice, 'GET', 'api/v1/dashboards')).status).toBe(200);
    setWritable(true);
    expect((await bob.open(asked())).status).toBe(302);
  });
});
