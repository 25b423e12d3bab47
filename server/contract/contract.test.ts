import { Value } from 'typebox/value';

import { Audience, PublishRequest, sameAudience } from '.';

const request = {
  name: 'Sales',
  source: { kind: 'files', root: '/home/alice/sales', entry: 'app.py', scope: 'folder' }
};

describe('PublishRequest', () => {
  it('needs a name and a source alone', () => {
    expect(Value.Check(PublishRequest, request)).toBe(true);
    expect(Value.Check(PublishRequest, { ...request, name: '' })).toBe(false);
    expect(Value.Check(PublishRequest, { name: 'Sales' })).toBe(false);
  });

  it('refuses a name of 10,000 characters and fields it does not know', () => {
    expect(Value.Check(PublishRequest, { ...request, name: 'x'.repeat(10_000) })).toBe(false);
    expect(Value.Check(PublishRequest, { ...request, image: 'evil' })).toBe(false);
  });

  it('refuses an unknown framework', () => {
    expect(Value.Check(PublishRequest, { ...request, framework: 'streamlit' })).toBe(true);
    expect(Value.Check(PublishRequest, { ...request, framework: 'flash' })).toBe(false);
  });
});

describe('Audience', () => {
  it('is one of three kinds', () => {
    expect(Value.Check(Audience, { kind: 'owner' })).toBe(true);
    expect(Value.Check(Audience, { kind: 'people', users: ['bob'], groups: [] })).toBe(true);
    expect(Value.Check(Audience, { kind: 'people' })).toBe(false);
    expect(Value.Check(Audience, { kind: 'public' })).toBe(false);
  });

  it('is the same in another order', () => {
    const people = (users: string[], groups: string[] = []): Audience => ({ kind: 'people', users, groups });
    expect(sameAudience(people(['a', 'b'], ['x', 'y']), people(['b', 'a'], ['y', 'x']))).toBe(true);
    expect(sameAudience(people(['a'], ['b']), people(['b'], ['a']))).toBe(false);
    expect(sameAudience({ kind: 'owner' }, { kind: 'everyone' })).toBe(false);
  });
});
