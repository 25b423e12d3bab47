import type { Audience } from '../../contract';
import { commonAudience } from './audience';

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
