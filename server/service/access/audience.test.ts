import type { Audience } from '../../contract';
import { commonAudience, sameAudience } from './audience';

const OWNER: Audience = { kind: 'owner' };
const EVERYONE: Audience = { kind: 'everyone' };
const people = (users: string[], groups: string[] = []): Audience => ({ kind: 'people', users, groups });

describe('what two audiences have in common', () => {
  it.each<[Audience, Audience, Audience]>([
    [EVERYONE, people(['bob']), people(['bob'])],
    [people(['bob']), EVERYONE, people(['bob'])],
    [EVERYONE, OWNER, OWNER],
    [OWNER, EVERYONE, OWNER],
    [people(['bob', 'carol'], ['staff']), people(['carol', 'dan'], ['staff', 'x']), people(['carol'], ['staff'])],
    [people(['bob']), people(['carol']), OWNER],
    [people(['bob']), people([], ['of-bob']), OWNER]
  ])('%j and %j is %j', (current, wanted, common) => {
    expect(commonAudience(current, wanted)).toEqual(common);
  });
});

it('is the same audience in another order', () => {
  expect(sameAudience(people(['a', 'b'], ['x', 'y']), people(['b', 'a'], ['y', 'x']))).toBe(true);
  expect(sameAudience(people(['a'], ['b']), people(['b'], ['a']))).toBe(false);
  expect(sameAudience(OWNER, EVERYONE)).toBe(false);
});
