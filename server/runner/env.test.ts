import { baseEnvironment } from './env';

describe("the apps' environment", () => {
  it('holds nothing of the Hub and no value with a token in it', () => {
    expect(
      baseEnvironment(['t0ken'], ['MALLOC_TRIM_THRESHOLD_', 'NODE_COMPILE_CACHE'], {
        PATH: '/bin',
        HOME: '/home/alice',
        JUPYTERHUB_API_TOKEN: 'x',
        JUPYTERHUB_USER: 'alice',
        jupyterhub_x: 'x',
        JPY_API_TOKEN: 'x',
        CONFIGPROXY_AUTH_TOKEN: 'x',
        NODE_COMPILE_CACHE: '/home/alice/.cache/jupyterhub-dashboards',
        MALLOC_ARENA_MAX: '4',
        MALLOC_TRIM_THRESHOLD_: '65536',
        MY_COPY: 'token t0ken',
        EMPTY: ''
      })
    ).toEqual({ PATH: '/bin', HOME: '/home/alice', MALLOC_ARENA_MAX: '4', EMPTY: '' });
  });

  it('an empty secret removes nothing', () => {
    expect(baseEnvironment([''], [], { A: '1' })).toEqual({ A: '1' });
  });
});
