import { missingRights } from './own-scopes';

const SERVICE = { kind: 'service', name: 'dashboards', admin: false, groups: [] };

describe('rights of the service', () => {
  it('that are all there need no word', () => {
    const scopes = ['servers', 'read:servers', 'list:users', 'read:users:name', 'read:groups'];
    expect(missingRights({ ...SERVICE, scopes })).toBeNull();
  });

  it('that are missing are named, with what to do', () => {
    expect(missingRights({ ...SERVICE, scopes: ['list:users'] })).toMatchObject({
      message: expect.stringContaining('servers, read:users:name, read:groups.') as string,
      fix: expect.stringContaining('configure(c) last') as string
    });
    expect(missingRights(null)?.message).toContain('servers, list:users, read:users:name, read:groups');
  });
});
