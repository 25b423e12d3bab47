import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';

import type { Problem, PushOrder } from '../../server/contract';
import { BuildFollower } from '../dashboards/build-follower';
import { pusher } from '../dashboards/push';
import { ProgressView } from '../publish/progress-view';
import { fakeLabServer, labReply, type LabAsked } from './fake-lab-server';
import { EventSourceReply, FakeService, json } from './fake-service';
import { build, stateEvent } from './samples';
import { until } from './until';

const source = { kind: 'files', root: '/home/alice/sales', entry: 'app.py', scope: 'folder' } as const;
const TICKET = {
  ticket: 'push.a.b',
  expiresAt: '2026-01-01T00:10:00Z',
  source,
  path: '/user/alice/dash-sales/_dashboards/push/',
  addresses: [{ url: 'http://proxy:8000/user/alice/dash-sales/_dashboards/push/' }],
  publishablePaths: ['projects']
};
const UNREACHABLE: Problem = { code: 'relay_unreachable', message: 'It cannot be reached.', fix: 'Try again.' };

/** A Lab server whose pushes go as `states` say, one after the other. */
function labServer(asked: LabAsked[], states: object[]): Parameters<typeof pusher>[0] {
  const settings = fakeLabServer(asked, () => labReply(200, states.shift())());
  return { settings, trans: new FakeService().connection.trans };
}

it('the own server sends the files, where the service says and where the page finds the hub, until that has ended', async () => {
  const service = new FakeService();
  service.answer('POST api/v1/builds/b1/push-ticket', json(TICKET));
  const asked: LabAsked[] = [];
  const running = { running: true, outcome: null };
  const server = labServer(asked, [running, running, { running: false, outcome: { ok: true, problem: null } }]);
  const push = pusher(server, 'https://hub.example.org');
  expect(await push(service.connection, 'b1', new AbortController().signal)).toBeNull();
  expect(asked.map(({ init, url }) => `${init.method ?? 'GET'} ${url.replace(/[?&]\d+$/, '')}`)).toEqual([
    'POST http://localhost/user/alice/jupyterhub-dashboards/push',
    'GET http://localhost/user/alice/jupyterhub-dashboards/push?build=b1',
    'GET http://localhost/user/alice/jupyterhub-dashboards/push?build=b1'
  ]);
  expect(JSON.parse(String(asked[0]?.init.body))).toEqual({
    build: 'b1',
    ticket: 'push.a.b',
    source,
    addresses: [...TICKET.addresses, { url: `https://hub.example.org${TICKET.path}` }],
    publishablePaths: ['projects']
  });
});

it('what keeps the own server from it is told', async () => {
  const service = new FakeService();
  service.answer('POST api/v1/builds/b1/push-ticket', json(TICKET));
  const push = pusher(
    labServer([], [{ running: false, outcome: { ok: false, problem: UNREACHABLE } }]),
    'https://hub.example.org'
  );
  expect(await push(service.connection, 'b1', new AbortController().signal)).toEqual(UNREACHABLE);
});

const REFUSED: Problem = { code: 'not_signed_in', message: 'This push ticket is not good here.' };
const ended = (problem: Problem | null) => ({ running: false, outcome: { ok: problem === null, problem } });

it('a ticket that is refused, because another server has taken the build up, is followed by another one', async () => {
  const service = new FakeService();
  let tickets = 0;
  service.answer('POST api/v1/builds/b1/push-ticket', () => json({ ...TICKET, ticket: `push.a.${++tickets}` }));
  const asked: LabAsked[] = [];
  const push = pusher(labServer(asked, [ended(REFUSED), ended(null)]), 'https://hub.example.org');
  expect(await push(service.connection, 'b1', new AbortController().signal)).toBeNull();
  expect(asked.map(({ init }) => (JSON.parse(String(init.body)) as PushOrder).ticket)).toEqual([
    'push.a.1',
    'push.a.2'
  ]);
});

it('tickets that are refused one after the other are not asked for without end', async () => {
  const service = new FakeService();
  service.answer('POST api/v1/builds/b1/push-ticket', json(TICKET));
  const push = pusher(labServer([], Array(5).fill(ended(REFUSED))), 'https://hub.example.org');
  expect(await push(service.connection, 'b1', new AbortController().signal)).toEqual(REFUSED);
});

it('nothing is in the way of a build that does not wait for files any longer', async () => {
  const service = new FakeService();
  service.answer('POST api/v1/builds/b1/push-ticket', json({ error: { code: 'state_conflict', message: 'No.' } }, 409));
  const push = pusher(labServer([], []), 'https://hub.example.org');
  expect(await push(service.connection, 'b1', new AbortController().signal)).toBeNull();
});

describe('a build that waits for files', () => {
  it('and waits anew while they are sent, has them sent once more', async () => {
    const service = new FakeService();
    const events = new EventSourceReply();
    service.answer('GET api/v1/builds/b1/events', events);
    const ends: ((problem: Problem | null) => void)[] = [];
    const follower = new BuildFollower(
      build({ id: 'b1' }),
      service.connection,
      () => new Promise(resolve => ends.push(resolve))
    );
    events.send(stateEvent(1, { id: 'b1', state: 'copy', wantsFiles: true }), 1);
    await until(follower.changed, () => follower.build.state === 'copy');
    events.send(stateEvent(2, { id: 'b1', state: 'queued' }), 2);
    await until(follower.changed, () => follower.build.state === 'queued');
    events.send(stateEvent(3, { id: 'b1', state: 'copy', wantsFiles: true }), 3);
    await until(follower.changed, () => follower.build.state === 'copy');
    expect(ends).toHaveLength(1);
    ends[0]?.(UNREACHABLE);
    await waitFor(() => expect(ends).toHaveLength(2));
    ends[1]?.(null);
    events.send(stateEvent(4, { id: 'b1', state: 'start' }), 4);
    await until(follower.changed, () => follower.build.state === 'start');
    expect([follower.unsent, ends.length]).toEqual([null, 2]);
    follower.dispose();
  });

  it('is told that they cannot be sent, and ends with that', async () => {
    const service = new FakeService();
    const events = new EventSourceReply();
    service.answer('GET api/v1/builds/b1/events', events);
    service.answer('POST api/v1/builds/b1/push-failed', ({ body }) => {
      const { problem } = body as { problem: Problem };
      events.send(stateEvent(2, { id: 'b1', state: 'failed', problem }), 2);
      return json(build({ id: 'b1', state: 'failed', problem }));
    });
    const follower = new BuildFollower(build({ id: 'b1' }), service.connection, async () => UNREACHABLE);
    render(<ProgressView follower={follower} onCancel={() => undefined} trans={service.connection.trans} />);
    events.send(stateEvent(1, { id: 'b1', state: 'copy', wantsFiles: true }), 1);
    await until(follower.changed, () => follower.ended);
    expect(follower.build.problem).toEqual(UNREACHABLE);
    expect(await screen.findAllByText('It cannot be reached.')).toHaveLength(1);
    follower.dispose();
  });

  it('has them sent once, says what is in the way of telling the build of it, and tries again', async () => {
    const service = new FakeService();
    const events = new EventSourceReply();
    service.answer('GET api/v1/builds/b1/events', events);
    const results: (Problem | null)[] = [UNREACHABLE, null];
    let pushes = 0;
    const follower = new BuildFollower(build({ id: 'b1' }), service.connection, async () => {
      pushes++;
      return results.shift() ?? null;
    });
    render(<ProgressView follower={follower} onCancel={() => undefined} trans={service.connection.trans} />);
    events.send(stateEvent(1, { id: 'b1', state: 'copy' }), 1);
    await until(follower.changed, () => follower.build.state === 'copy');
    expect(pushes).toBe(0);
    events.send(stateEvent(2, { id: 'b1', state: 'copy', wantsFiles: true }), 2);
    await screen.findByText('It cannot be reached.');
    await screen.findByText('The files could not be sent.');
    events.send(stateEvent(3, { id: 'b1', state: 'copy', wantsFiles: true }), 3);
    fireEvent.click(await screen.findByText('Try again'));
    await until(follower.changed, () => follower.unsent === null && pushes === 2);
    expect(screen.queryByText('It cannot be reached.')).toBeNull();
    await screen.findByText('Sending the files…');
    follower.dispose();
  });
});
