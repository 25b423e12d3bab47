import { finishedNames } from '../audience/names';
import { changes, filledWith, refilled } from '../publish/changes';
import { formFor } from '../publish/form';
import { dashboard, folders, target } from './samples';

const people = dashboard({ audience: { kind: 'people', users: ['bob', 'carol'], groups: [] } });
const form = formFor(people, target(), folders);
const filled = filledWith(form);

describe('changes', () => {
  it('are none while nothing but files changed', () => {
    expect(changes(form, filled)).toEqual({});
    expect(changes({ ...form, users: finishedNames(['carol', 'bob']) }, filled)).toEqual({});
  });

  it('hold the changed name or audience alone', () => {
    expect(changes({ ...form, name: ' Figures ' }, filled)).toEqual({ name: 'Figures' });
    expect(changes({ ...form, audience: 'everyone' }, filled)).toEqual({ audience: { kind: 'everyone' } });
    expect(changes({ ...form, users: finishedNames(['carol']) }, filled)).toEqual({
      audience: { kind: 'people', users: ['carol'], groups: [] }
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
