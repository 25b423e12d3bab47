import { missingScopes } from './own-scopes';

const SERVICE = { kind: 'service', name: 'dashboards', admin: false, groups: [] };

describe('rights of the service', () => {
  it('that are all there need no word', () => {
    const scopes = ['servers', 'read:servers', 'list:users', 'read:users:name', 'read:groups'];
    expect(missingScopes({ ...SERVICE, scopes })).toBeNull();
  });

  it('that are missing are named, with what to do', () => {
    expect(missingScopes({ ...SERVICE, scopes: ['list:users'] })).toMatch(
      /servers, read:users:name, read:groups\..*configure\(c\) last/
    );
    expect(missingScopes(null)).toMatch(/servers, list:users, read:users:name, read:groups/);
  });
});
