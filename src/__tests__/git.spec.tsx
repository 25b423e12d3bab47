import { fireEvent, screen } from '@testing-library/react';

import type { GitFacts } from '../../server/contract';
import { repositoryName } from '../publish/git';
import { button, preparePublishing, type Publishing } from './publishing';
import { whoami } from './samples';

let publishing: Publishing;

beforeEach(() => {
  publishing = preparePublishing();
});
afterEach(() => publishing.manager.dispose());

const offer = { remote: 'origin', url: 'https://git.example.org/team/sales.git', ref: 'main', root: 'apps' };
const source = { kind: 'git', url: offer.url, ref: 'main', root: 'apps', entry: 'app.py', scope: 'folder' } as const;

function facts(change: Partial<GitFacts> = {}): GitFacts {
  return { branch: 'main', commit: '1f0', dirty: { items: [], count: 0 }, ahead: 0, hasEntry: true, offer, ...change };
}

const repository = () => screen.findByLabelText<HTMLInputElement>('As on main of git.example.org/team/sales (origin)');
const sent = () => publishing.service.askedFor('POST api/v1/dashboards')[0]?.body;

describe('a file in a clone', () => {
  it('is published as it is here, unless the person says otherwise', async () => {
    publishing.show({ git: facts() });
    expect((await repository()).checked).toBe(false);
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).toMatchObject({ source: { kind: 'files' } });
  });

  it('is published as it is in the repository, where that is chosen', async () => {
    publishing.show({ git: facts() });
    fireEvent.click(await repository());
    expect(document.querySelector('.jp-DashboardsPlan')).toBeNull();
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).toMatchObject({ source });
    expect(sent()).not.toHaveProperty('place');
  });

  it('is told apart from what is there: not committed, not pushed', async () => {
    publishing.show({ git: facts({ dirty: { items: ['app.py', 'a.csv'], count: 2 }, ahead: 1 }) });
    const notes = document.getElementById((await repository()).getAttribute('aria-describedby') ?? '');
    expect(notes?.textContent).toBe('Not committed: 2 files of this folder (app.py, a.csv). Not pushed: 1 commit.');
  });

  it('that was never committed cannot be published from there', async () => {
    publishing.show({ git: facts({ hasEntry: false }) });
    expect((await repository()).disabled).toBe(true);
    await screen.findByText(/The file that starts the dashboard is not committed/);
  });

  it.each([
    ['there is no branch of it on a remote', { git: facts({ offer: null }) }],
    ['this hub publishes from no repository', { git: facts(), whoami: whoami({ strategies: ['snapshot'] }) }]
  ])('has no such choice where %s', async (_what, change) => {
    publishing.show(change);
    await button('Publish');
    expect(screen.queryByLabelText(/^As on/)).toBeNull();
  });

  it('is read with the author’s own Git set-up', async () => {
    publishing.show({ git: facts() });
    fireEvent.click(await repository());
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).toMatchObject({ source: { credential: 'own' } });
  });

  it('is read again with what it was read with before', async () => {
    await publishing.showPublished({ source: { ...source, credential: 'stored' } }, undefined, facts());
    fireEvent.click(await button('Change…'));
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    const again = publishing.service.askedFor('POST api/v1/dashboards/d1/versions')[0]?.body;
    expect(again).toMatchObject({ source: { credential: 'stored' } });
  });

  it('is found again as the dashboard that was published from its repository', async () => {
    await publishing.showPublished({ source }, undefined, facts());
    fireEvent.click(await button('Change…'));
    expect((await repository()).checked).toBe(true);
  });
});

it.each([
  ['https://git.example.org/team/sales.git', 'git.example.org/team/sales'],
  ['ssh://git@git.example.org:2222/sales', 'git.example.org:2222/sales'],
  ['git@git.example.org:team/sales.git', 'git.example.org:team/sales']
])('a repository at %s is called %s', (url, name) => {
  expect(repositoryName(url)).toBe(name);
});
