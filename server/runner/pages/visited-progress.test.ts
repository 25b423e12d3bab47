import { request as httpRequest } from 'node:http';

import type { VisitedVersion } from '../engine';
import { call } from '../testing/http-call';
import { ALICE, PREFIX, RunnerFixture } from '../testing/runner-fixture';

describe('a version opened by its own link', () => {
  const STARTING: VisitedVersion = { status: { state: 'starting', version: 1, problem: null }, lines: ['loading'] };
  let runner: RunnerFixture;
  let owner: string;
  let viewer: string;

  beforeEach(async () => {
    runner = await RunnerFixture.start();
    owner = (await runner.signIn(ALICE)).cookie;
    viewer = (await runner.signIn()).cookie;
    await runner.serve(2, (_request, response) => response.end('the live one'));
    runner.engine.tellVisited(1, STARTING);
  });
  afterEach(() => runner.stop());

  const open = (cookie: string, path = 'v/1/x?y=1') => runner.open(cookie, path);

  it('has a progress page of its own while it starts, with its own log for the owner', async () => {
    const page = await open(owner);
    expect([page.status, page.headers.location]).toEqual([503, undefined]);
    expect(page.body).toContain(`data-events="${PREFIX}_dashboards/progress?version=1"`);
    expect(page.body).toContain('</bdi>, version 1</h1>');
    expect(page.body).toContain('loading\n');
    expect((await open(viewer)).body).not.toContain('loading');
    expect((await open(viewer, 'v/2/')).body).toBe('the live one');
  });

  it('is opened by that page as soon as it answers', async () => {
    const told = new Promise<string>((resolve, reject) => {
      const path = `${PREFIX}_dashboards/progress?version=1`;
      const outgoing = httpRequest({ port: runner.port, path, headers: { cookie: owner }, agent: false }, reply => {
        let all = '';
        reply.on('data', (chunk: Buffer) => {
          all += String(chunk);
          if (all.includes('"ready":true')) {
            outgoing.destroy();
            resolve(all);
          }
        });
        reply.once('data', () => {
          runner.engine.targets.set(1, { host: '127.0.0.1', port: 1 });
          runner.engine.tellVisited(1, {
            status: { ...STARTING.status, state: 'serving' },
            lines: ['loading', 'ready']
          });
        });
        reply.on('error', () => {});
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    const text = await told;
    expect(text).toContain('{"lines":["loading"],"fresh":true}');
    expect(text).toContain('{"lines":["ready"],"fresh":false}');
  });

  it('that cannot be had says why to everybody where that is no secret, and else to the owner', async () => {
    const fail = (code: 'versions_open' | 'app_exited') =>
      runner.engine.tellVisited(1, {
        status: { state: 'failed', version: 1, problem: { code, message: `It is ${code}.`, fix: 'Do this.' } },
        lines: []
      });
    fail('versions_open');
    expect((await open(viewer)).body).toMatch(/It is versions_open\.[^]*Do this\./);
    fail('app_exited');
    expect((await open(viewer)).body).not.toContain('app_exited');
    expect((await open(owner)).body).toMatch(/It is app_exited\.[^]*Do this\./);
  });

  it('answers its own requests with 503 meanwhile, and those of versions that have ended with 410', async () => {
    const status = async (path: string) =>
      (await call(runner.port, PREFIX + path, { headers: { cookie: viewer, accept: 'application/json' } })).status;
    expect([await status('v/1/data'), await status('v/3/data')]).toEqual([503, 410]);
  });

  it('leads to the live one, path and query kept, once nobody wants it any more', async () => {
    runner.engine.tellVisited(1, null);
    expect((await open(viewer)).headers.location).toBe(`${PREFIX}v/2/x?y=1`);
  });
});
