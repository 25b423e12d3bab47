import { PAGE, PREFIX, RunnerFixture, bodyOf } from '../testing/runner-fixture';
import { call } from '../testing/http-call';

describe('a signed-in request', () => {
  let runner: RunnerFixture;
  let cookie: string;

  beforeAll(async () => {
    runner = await RunnerFixture.start();
    ({ cookie } = await runner.signIn());
  });
  afterAll(() => runner.stop());

  it('reaches the live version with its path unchanged', async () => {
    await runner.serve(3, async (request, response) => {
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']);
      response.end(JSON.stringify({ url: request.url, body: await bodyOf(request) }));
    });
    const root = await call(runner.port, `${PREFIX}page?x=1`, { headers: { ...PAGE, cookie } });
    expect([root.status, root.headers.location]).toEqual([302, `${PREFIX}v/3/page?x=1`]);

    const path = `${PREFIX}v/3/a%2Fb//c?x=%20&y`;
    const reply = await call(runner.port, path, { method: 'POST', body: 'hello', headers: { cookie } });
    expect(JSON.parse(reply.body)).toEqual({ url: path, body: 'hello' });
    expect(reply.headers['set-cookie']).toEqual([`a=1; Path=${PREFIX}`, 'b=2']);
  });
});
