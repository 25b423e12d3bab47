import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

import type { Target } from '../engine';
import { call } from '../testing/http-call';
import { lookUntil } from '../testing/look-until';
import { PREFIX, RunnerFixture } from '../testing/runner-fixture';

const V1 = `${PREFIX}v/1/`;

let runner: RunnerFixture;
let cookie: string;
/** Replies that the first app owes. */
let owed: ServerResponse[];
let first: Target;

beforeEach(async () => {
  runner = await RunnerFixture.start();
  owed = [];
  first = await serve((_request, response) => void owed.push(response));
  ({ cookie } = await runner.signIn());
});
afterEach(() => runner.stop());

async function serve(app: RequestListener): Promise<Target> {
  const server = await runner.serve(1, app);
  const sockets = new WebSocketServer({ server });
  server.on('close', () => sockets.close());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const get = () => call(runner.port, V1, { headers: { cookie } });

/** Puts another app in the place of the first one, which is left. */
async function replace(signal = new AbortController().signal) {
  await serve((_request, response) => void response.end('second'));
  const left = { over: false };
  const over = runner.engine.options?.appLeft(first, signal).then(() => (left.over = true));
  return { left, over };
}

describe('an app that another one has taken the place of', () => {
  it('answers what it was asked before, however long that takes, while the other one gets what comes', async () => {
    const slow = get();
    await lookUntil(() => owed.length === 1, 'the request is there');
    const { left, over } = await replace();
    expect(await get()).toMatchObject({ status: 200, body: 'second' });
    expect(left.over).toBe(false);
    owed[0]?.end('first');
    expect(await slow).toMatchObject({ status: 200, body: 'first' });
    await over;
  });

  it('has its WebSockets closed in order, for their pages to open others', async () => {
    const host = `127.0.0.1:${runner.port}`;
    const socket = new WebSocket(`ws://${host}${V1}`, { origin: `http://${host}`, headers: { cookie } });
    const closed = new Promise<number>(resolve => socket.once('close', resolve));
    await new Promise(resolve => socket.once('open', resolve));
    const { over } = await replace();
    expect(await closed).toBe(1012);
    await over;
  });

  it('is waited for no longer when the version is stopped', async () => {
    const slow = get();
    await lookUntil(() => owed.length === 1, 'the request is there');
    const stopped = new AbortController();
    const { over } = await replace(stopped.signal);
    stopped.abort();
    await over;
    owed[0]?.end('first');
    expect(await slow).toMatchObject({ body: 'first' });
  });
});
