import { readEnvironment } from './env';

const complete = {
  JUPYTERHUB_API_TOKEN: 'secret',
  JUPYTERHUB_API_URL: 'http://127.0.0.1:8081/base/hub/api/',
  JUPYTERHUB_SERVICE_PREFIX: '/base/services/dashboards',
  JUPYTERHUB_SERVICE_URL: 'http://127.0.0.1:10202',
  JUPYTERHUB_DASHBOARDS_CONFIG: '{}'
};

describe('environment', () => {
  it('is read with slashes where they belong', () => {
    expect(readEnvironment({ ...complete, JUPYTERHUB_BASE_URL: '/base' })).toMatchObject({
      apiUrl: 'http://127.0.0.1:8081/base/hub/api',
      prefix: '/base/services/dashboards/',
      baseUrl: '/base/',
      clientId: 'service-dashboards',
      callbackUrl: '/base/services/dashboards/oauth_callback',
      listen: { host: '127.0.0.1', port: 10202 },
      managed: false
    });
  });

  it('takes an IPv6 address out of its brackets', () => {
    const { listen } = readEnvironment({ ...complete, JUPYTERHUB_SERVICE_URL: 'http://[::1]:10202' });
    expect(listen).toEqual({ host: '::1', port: 10202 });
  });

  it('listens where it is told to, where the address is what others know it by', () => {
    const url = { JUPYTERHUB_SERVICE_URL: 'http://hub:10202', JUPYTERHUB_DASHBOARDS_LISTEN: '0.0.0.0' };
    expect(readEnvironment({ ...complete, ...url }).listen).toEqual({ host: '0.0.0.0', port: 10202 });
  });

  it('says whether the Hub is the parent', () => {
    expect(readEnvironment({ ...complete, JUPYTERHUB_DASHBOARDS_MANAGED: '1' }).managed).toBe(true);
  });

  it('names all that is missing, and no value', () => {
    const { JUPYTERHUB_API_URL: _, JUPYTERHUB_DASHBOARDS_CONFIG: __, ...rest } = complete;
    expect(() => readEnvironment(rest)).toThrow(/needs JUPYTERHUB_API_URL, JUPYTERHUB_DASHBOARDS_CONFIG in/);
    expect(() => readEnvironment(rest)).not.toThrow(/secret/);
  });
});
