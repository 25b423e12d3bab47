import { type ServiceError } from '../errors';
import { admitCaller, callingServer } from './scopes';

const SERVICE = 'access:services!service=dashboards';

const outcome = (scopes: string[], kind = 'user') => {
  try {
    admitCaller({ kind, name: 'alice', admin: true, groups: [], scopes });
    return 'admitted';
  } catch (error) {
    return (error as ServiceError).code;
  }
};

describe('who may call', () => {
  it.each<[string, string[], string]>([
    [
      'the browser token of the own Lab',
      [SERVICE, 'access:servers!server=alice/', 'read:users:name!user=alice'],
      'admitted'
    ],
    ['an own named server', [SERVICE, 'access:servers!server=alice/gpu'], 'admitted'],
    ['an API token for the service alone', [SERVICE], 'admitted'],
    ['an API token for all services', ['access:services'], 'admitted'],
    ["an administrator's own wide token", ['access:services', 'access:servers', 'admin:users'], 'admitted'],
    [
      'an own token, with a server that was shared',
      [SERVICE, 'access:servers!user=alice', 'access:servers!server=bob/x'],
      'admitted'
    ],
    ["the token in somebody else's Lab", [SERVICE, 'access:servers!server=bob/'], 'foreign_server'],
    ['the token in a shared named server', [SERVICE, 'access:servers!server=bob/gpu'], 'foreign_server'],
    [
      'a token for the own and a foreign server',
      [SERVICE, 'access:servers!server=alice/', 'access:servers!server=bob/'],
      'foreign_server'
    ],
    ['a name that only begins alike', [SERVICE, 'access:servers!server=alice2/'], 'foreign_server'],
    [
      'all servers of somebody else',
      [SERVICE, 'access:servers!user=bob', 'access:servers!server=bob/'],
      'foreign_server'
    ],
    [
      'the scope of another service',
      ['access:services!service=dashboards2', 'access:servers!server=alice/'],
      'scope_missing'
    ],
    ['no scope', [], 'scope_missing']
  ])('%s', (_title, scopes, expected) => {
    expect(outcome(scopes)).toBe(expected);
  });

  it('lets in users only', () => {
    expect(outcome([SERVICE], 'service')).toBe('not_signed_in');
    const service = { kind: 'service', name: 'ci', admin: false, groups: [], scopes: [SERVICE] };
    expect(() => admitCaller(service)).toThrow('This token belongs to the service ci, and dashboards belong to users.');
    expect(() => admitCaller(null)).toThrow(/not signed in/);
  });
});

describe('the server that a caller calls from', () => {
  it.each<[string, string[] | undefined, string | null]>([
    ['the browser token of the own Lab', [SERVICE, 'access:servers!server=alice/'], ''],
    ['the token of a named server', [SERVICE, 'access:servers!server=alice/gpu'], 'gpu'],
    ['beside one that others have shared', ['access:servers!server=bob/x', 'access:servers!server=alice/gpu'], 'gpu'],
    ['an API token', [SERVICE, 'access:servers!user=alice'], null],
    ['a token of several servers', ['access:servers!server=alice/', 'access:servers!server=alice/gpu'], null],
    ['a cookie', undefined, null]
  ])('%s', (_whose, scopes, server) => {
    expect(callingServer({ name: 'alice', ...(scopes && { scopes }) })).toBe(server);
  });
});
