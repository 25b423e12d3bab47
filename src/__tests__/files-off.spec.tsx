import { screen } from '@testing-library/react';

import type { GitFacts } from '../../server/contract';
import { button, preparePublishing, type Publishing } from './publishing';
import { whoami } from './samples';

let publishing: Publishing;

beforeEach(() => {
  publishing = preparePublishing();
});
afterEach(() => publishing.manager.dispose());

const filesOff = { code: 'strategy_forbidden' as const, message: 'A home goes with its server.', fix: 'Use Git.' };
const me = whoami({ strategies: ['git'], filesOff });
const git: GitFacts = {
  branch: 'main',
  commit: '1f0',
  dirty: { items: [], count: 0 },
  ahead: 0,
  hasEntry: true,
  offer: { remote: 'origin', url: 'https://git.example.org/team/sales.git', ref: 'main', root: '.' }
};

describe('on a hub whose homes go with their servers', () => {
  it('a file in no clone cannot be published, and the dialog says why and what to do', async () => {
    publishing.show({ whoami: me });
    expect((await screen.findByRole('alert')).textContent).toContain('A home goes with its server.');
    const publish = await button('Publish');
    expect(publish.getAttribute('aria-disabled')).toBe('true');
    expect(document.getElementById(publish.getAttribute('aria-describedby') ?? '')?.textContent).toContain('Use Git.');
    publish.click();
    expect(publishing.service.askedFor('POST api/v1/dashboards')).toEqual([]);
    expect(document.querySelector('.jp-DashboardsPlan')).toBeNull();
  });

  it('a file in a clone is published as it is on its branch, and in no other way', async () => {
    publishing.show({ whoami: me, git });
    expect((await screen.findByLabelText<HTMLInputElement>(/^As on main/)).checked).toBe(true);
    expect(screen.queryByLabelText(/^As they are here now/)).toBeNull();
    // Of what is on the branch that is no less true.
    expect(screen.getByRole('group', { name: 'State of the files' }).textContent).toContain(
      'A home goes with its server.'
    );
    (await button('Publish')).click();
    await screen.findByText('Waiting for its turn…');
    expect(publishing.service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({ source: { kind: 'git' } });
  });
});
