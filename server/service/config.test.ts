import { parseConfig } from './config';

const valid = {
  hookKey: 'k'.repeat(43),
  database: '/srv/dashboards.sqlite',
  hubUrl: 'https://hub.example.org/base/',
  dashboardsOrigin: 'https://{owner}.dash.example.org',
  subdomainHost: null,
  trustAllAuthors: false,
  runnerServiceUrl: 'http://127.0.0.1:10202/services/dashboards/',
  audiences: ['owner', 'people', 'everyone'],
  defaultAudience: 'everyone',
  frameworks: ['voila'],
  publishers: ['analysts'],
  keepVersions: 5,
  readyTimeout: 60,
  requestTimeout: 120,
  additions: { voila: { args: ['--template=lab'], env: { A: 'b' } } },
  publishablePaths: ['shared'],
  homesKept: true,
  cloneTimeout: 600,
  snapshotClass: null,
  pinImage: false,
  strategies: ['snapshot'],
  gitHosts: ['*', 'git.example.org'],
  relayUrl: null
};

const messageOf = (json: string) => {
  try {
    parseConfig(json);
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('configuration', () => {
  it('accepts what configure(c) writes', () => {
    expect(parseConfig(JSON.stringify(valid))).toEqual(valid);
  });

  it('names every wrong key at once and repeats no secret', () => {
    const { keepVersions, ...rest } = valid;
    const message = messageOf(
      JSON.stringify({
        ...rest,
        hookKey: 'short',
        database: 'relative.sqlite',
        audiences: ['public'],
        keepVersion: keepVersions
      })
    );
    expect(message.split('\n- ').slice(1)).toEqual([
      'hookKey must be a text of at least 32 characters',
      'audiences must be a list of "owner", "people", "everyone"',
      'keepVersions is missing: it must be a whole number from 0 to 1000',
      'keepVersion is not known',
      'database must be the absolute path of the SQLite file'
    ]);
    expect(message).not.toContain('short');
  });

  it.each([
    ['dashboardsOrigin', 'https://dash.example.org/path'],
    ['dashboardsOrigin', 'ftp://dash.example.org'],
    ['dashboardsOrigin', 'https://{own}.dash.example.org'],
    ['defaultAudience', 'people'],
    ['requestTimeout', 0],
    ['hubUrl', 'javascript:alert(1)'],
    ['hubUrl', 'https://user:secret@hub.example.org/'],
    ['runnerServiceUrl', 'http://127.0.0.1:10202/services/dashboards']
  ])('refuses %s = %s', (key, value) => {
    expect(messageOf(JSON.stringify({ ...valid, [key]: value }))).toContain(`${key} must be`);
  });

  it.each(['', 'no json', 'null', '[]'])('refuses %j', text => {
    expect(messageOf(text)).toContain('JUPYTERHUB_DASHBOARDS_CONFIG');
  });
});
