import type { IncomingMessage, ServerResponse } from 'node:http';

import WebSocket, { WebSocketServer } from 'ws';

import { readable } from '../../service/testing/page-text';
import { call } from '../testing/http-call';
import { lookUntil } from '../testing/look-until';
import { ALICE, PAGE, PREFIX, RunnerFixture } from '../testing/runner-fixture';

const V1 = `${PREFIX}v/1/`;

/** An app that begins no answer before it is let go. */
class SlowApp {
  arrived = 0;
  brokenOff = 0;
  readonly #waiting: ServerResponse[] = [];

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    this.arrived += 1;
    response.on('close', () => (this.brokenOff += response.writableFinished ? 0 : 1));
    request.resume();
    this.#waiting.push(response);
  };

  letGo(): void {
    this.#waiting.splice(0).forEach(response => response.end('at last'));
  }
}

let runner: RunnerFixture;

async function begin(requestTimeout: number | undefined, app: (request: IncomingMessage, to: ServerResponse) => void) {
  runner = await RunnerFixture.start(requestTimeout === undefined ? {} : { requestTimeout });
  const server = await runner.serve(1, app);
  return { server, viewer: (await runner.signIn()).cookie, owner: (await runner.signIn(ALICE)).cookie };
}
afterEach(() => runner.stop());

describe('an app that does not answer within the time of the administrator', () => {
  it('is told to whoever opens it, with what to do, and asked no second time', async () => {
    const slow = new SlowApp();
    const { viewer, owner } = await begin(1, slow.answer);
    const [seen, own] = await Promise.all(
      [viewer, owner].map(cookie => call(runner.port, `${V1}sales?x="1"`, { headers: { ...PAGE, cookie } }))
    );
    expect([seen?.status, own?.status]).toEqual([504, 504]);
    const words = readable(seen?.body ?? '');
    expect(words).toContain('This dashboard takes too long');
    expect(words).toContain('The dashboard has not answered within 1 s.');
    expect(words).toContain('If it happens again, tell its owner.');
    expect(readable(own?.body ?? '')).toContain('look into its log, or ask your administrator for more time.');
    // The link tries the same address again.
    expect(seen?.body).toContain(`href="${V1}sales?x=&quot;1&quot;"`);
    await lookUntil(() => slow.brokenOff === 2, 'the app is let go');
    expect(slow.arrived).toBe(2);
  });

  it('is told to programs, in JSON and after the whole request was sent', async () => {
    const { viewer } = await begin(1, new SlowApp().answer);
    const headers = { cookie: viewer, 'content-type': 'text/plain' };
    const reply = await call(runner.port, `${V1}compute`, { method: 'POST', body: 'x'.repeat(200_000), headers });
    expect([reply.status, JSON.parse(reply.body)]).toEqual([
      504,
      { error: { message: 'The dashboard has not answered within 1 s. Try again.' } }
    ]);
  });

  it('keeps what has begun: event streams may be silent for longer', async () => {
    let finish = (): void => undefined;
    const { viewer } = await begin(1, (request, response) => {
      if (request.url === `${V1}late`) {
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      finish = () => void response.end('data: at last\n\n');
    });
    const stream = call(runner.port, `${V1}events`, { headers: { cookie: viewer } });
    // As long as it takes that another request runs out of time.
    expect((await call(runner.port, `${V1}late`, { headers: { cookie: viewer } })).status).toBe(504);
    finish();
    expect(await stream).toMatchObject({ status: 200, body: 'data: at last\n\n' });
  });

  it('keeps WebSockets, however silent', async () => {
    const { server, viewer } = await begin(1, new SlowApp().answer);
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', socket => socket.on('message', data => socket.send(data)));
    const socket = new WebSocket(`ws://${runner.host}${V1}ws`, {
      headers: { cookie: viewer },
      origin: `http://${runner.host}`
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    expect((await call(runner.port, `${V1}late`, { headers: { cookie: viewer } })).status).toBe(504);
    const echoed = new Promise<string>(resolve => socket.once('message', data => resolve(String(data))));
    socket.send('still there');
    expect(await echoed).toBe('still there');
    socket.close();
    sockets.close();
  });
});

it('an app may think for as long as it likes where the administrator sets no time', async () => {
  const slow = new SlowApp();
  const { viewer } = await begin(undefined, slow.answer);
  const reply = call(runner.port, V1, { headers: { ...PAGE, cookie: viewer } });
  // As long as it takes that a runner with a time gives up.
  const other = await RunnerFixture.start({ requestTimeout: 1 });
  try {
    await other.serve(1, new SlowApp().answer);
    const { cookie } = await other.signIn();
    expect((await call(other.port, V1, { headers: { ...PAGE, cookie } })).status).toBe(504);
  } finally {
    await other.stop();
  }
  slow.letGo();
  expect(await reply).toMatchObject({ status: 200, body: 'at last' });
});
