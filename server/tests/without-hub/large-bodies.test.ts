import { spawn, type ChildProcess } from 'node:child_process';

import type { ErrorReply } from '../../contract';
import { addUser } from '../../service/testing/fake-hub';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../service/testing/test-service';
import { freePorts } from '../free-ports';
import { stopProcess } from '../hub';
import { proxyProgram } from '../installation';
import { ask } from '../request';

const MB = 1_000_000;

let test: TestService;
let proxy: ChildProcess;
let api: string;
let token: string;

/** The Hub's proxy in front of the service: what it makes of an answer depends on what it is sending meanwhile. */
beforeAll(async () => {
  test = await startTestService();
  token = addUser(test.hub, 'alice');
  const [port, apiPort] = await freePorts(2);
  const places = ['--ip', '127.0.0.1', '--port', String(port), '--api-ip', '127.0.0.1', '--api-port', String(apiPort)];
  proxy = spawn(process.execPath, [proxyProgram(), ...places, '--default-target', test.origin], { stdio: 'ignore' });
  api = `http://127.0.0.1:${port}${PREFIX}api/v1/`;
  await eventually(async () => (await ask(`${api}health`).catch(() => null))?.status === 200);
});
afterAll(async () => {
  await stopProcess(proxy);
  await test.stop();
});

async function publish(bytes: number, headers: Record<string, string>): Promise<[number, string]> {
  const body = JSON.stringify({ ...PUBLISH, description: 'x'.repeat(bytes) });
  const answer = await ask(`${api}dashboards`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json', ...headers },
    body
  });
  const error = answer.headers['content-type']?.includes('json') ? (JSON.parse(answer.text) as ErrorReply).error : null;
  return [answer.status, error?.message ?? answer.text];
}

const TIMES = Array.from({ length: 8 }, (_, at) => at);

describe('a body that is too large is answered in JSON through the proxy of the Hub, every time', () => {
  it.each([
    ['1 MB', MB, {}],
    ['3 MB', 3 * MB, {}],
    ['3 MB in chunks', 3 * MB, { 'transfer-encoding': 'chunked' }]
  ])('%s', async (_, bytes, headers) => {
    for (const _time of TIMES) {
      expect(await publish(bytes, headers)).toEqual([413, 'The request is too large.']);
    }
  });

  it.each([
    ['of nobody', { authorization: 'token nobody' }, 401],
    ['of a type that the API does not take', { 'content-type': 'text/plain' }, 415]
  ])('3 MB %s', async (_, headers, status) => {
    for (const _time of TIMES) {
      expect((await publish(3 * MB, headers))[0]).toBe(status);
    }
  });

  it('and the connection goes on', async () => {
    expect((await ask(`${api}health`)).status).toBe(200);
  });
});
