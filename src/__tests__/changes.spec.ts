import { finishedNames } from '../audience/names';
import { changes, filledWith, refilled } from '../publish/changes';
import { formFor } from '../publish/form';
import { dashboard, folders, target } from './samples';

const people = dashboard({ audience: { kind: 'people', users: ['bob', 'carol'], groups: [] } });
const form = formFor(people, target(), folders);
const filled = filledWith(form);

describe('changes', () => {
  it('are none while nothing but files changed', () => {
    expect(changes(form, filled, filled)).toEqual({});
    expect(changes({ ...form, users: finishedNames(['carol', 'bob']) }, filled, filled)).toEqual({});
  });

  it('hold the changed name or audience alone', () => {
    expect(changes({ ...form, name: ' Figures ' }, filled, filled)).toEqual({ name: 'Figures' });
    expect(changes({ ...form, audience: 'everyone' }, filled, filled)).toEqual({ audience: { kind: 'everyone' } });
    expect(changes({ ...form, users: finishedNames(['carol']) }, filled, filled)).toEqual({
      audience: { kind: 'people', users: ['carol'], groups: [] }
    });
  });
});

describe('an audience that was changed here and elsewhere', () => {
  const removed = { kind: 'people' as const, users: ['bob'], groups: ['sales'] };

  it('is what both have made of it', () => {
    const added = { ...form, users: finishedNames(['bob', 'carol', 'dave']) };
    expect(changes(added, filled, { ...filled, audience: removed })).toEqual({
      audience: { kind: 'people', users: ['bob', 'dave'], groups: ['sales'] }
    });
  });

  it('is what the person says where it is not the same kind any more', () => {
    const added = { ...form, users: finishedNames(['bob', 'carol', 'dave']) };
    expect(changes(added, filled, { ...filled, audience: { kind: 'owner' } })).toEqual({
      audience: { kind: 'people', users: ['bob', 'carol', 'dave'], groups: [] }
    });
    expect(changes({ ...form, audience: 'everyone' }, filled, { ...filled, audience: removed })).toEqual({
      audience: { kind: 'everyone' }
    });
  });
});

describe('refilled', () => {
  const elsewhere = dashboard({ name: 'Stock', audience: { kind: 'people', users: ['carol'], groups: [] } });

  it('takes up what was changed elsewhere', () => {
    expect(filledWith(refilled(form, filled, elsewhere))).toEqual({ name: 'Stock', audience: elsewhere.audience });
  });

  it('keeps what the person has changed', () => {
    const changed = { ...form, name: 'Figures', audience: 'everyone' as const, message: 'Third quarter' };
    expect(refilled(changed, filled, elsewhere)).toEqual(changed);
  });
});
