import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';

import type { GitCredential, GitFacts, Problem } from '../../server/contract';
import { hostOf, readGit, repositoryName } from '../publish/git';
import { fakeLabServer, labReply } from './fake-lab-server';
import { json } from './fake-service';
import { button, preparePublishing, type Publishing } from './publishing';
import { stateEvent, whoami } from './samples';

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

  it('follows its own branch while the clone is on another, until that one is chosen', async () => {
    const draft = { ...offer, ref: 'draft' };
    await publishing.showPublished({ source: { ...source, credential: 'own' } }, undefined, facts({ offer: draft }));
    fireEvent.click(await button('Change…'));
    const own = 'As on main of git.example.org/team/sales, like the last version';
    expect((await screen.findByLabelText<HTMLInputElement>(own)).checked).toBe(true);
    const other = await screen.findByLabelText<HTMLInputElement>(/^As on draft/);
    expect(other.checked).toBe(false);
    fireEvent.click(screen.getByLabelText('As they are here now'));
    fireEvent.click(screen.getByLabelText(own));
    expect((await screen.findByLabelText<HTMLInputElement>(own)).checked).toBe(true);
    fireEvent.click(other);
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    const again = publishing.service.askedFor('POST api/v1/dashboards/d1/versions')[0]?.body;
    expect(again).toMatchObject({ source: { ...source, ref: 'draft', credential: 'own' } });
  });
});

describe('what the repository needs besides', () => {
  const box = (name: RegExp) => screen.findByLabelText<HTMLInputElement>(name);

  it('is fetched where that is chosen, and asked of no files that are here', async () => {
    publishing.show({ git: facts() });
    await button('Publish');
    expect(screen.queryByLabelText(/Git LFS/)).toBeNull();
    fireEvent.click(await repository());
    fireEvent.click(await box(/Git LFS/));
    fireEvent.click(await box(/submodules/));
    fireEvent.click(await box(/Git LFS/));
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).toHaveProperty('source.submodules', true);
    expect(sent()).not.toHaveProperty('source.lfs');
  });

  it('is fetched for the next version, too', async () => {
    await publishing.showPublished({ source: { ...source, lfs: true } }, undefined, facts());
    fireEvent.click(await button('Change…'));
    expect((await box(/Git LFS/)).checked).toBe(true);
    expect((await box(/submodules/)).checked).toBe(false);
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    const again = publishing.service.askedFor('POST api/v1/dashboards/d1/versions')[0]?.body;
    expect(again).toMatchObject({ source: { ...source, lfs: true } });
  });
});

describe('a clone that Git does not work in', () => {
  const gitProblem: Problem = {
    code: 'folder_not_readable',
    message: 'Git does not work in /srv/team, because it belongs to somebody else.',
    fix: 'If you trust them, run `git config …`.'
  };

  it('is said, with what to do, and does not keep its files from being published', async () => {
    publishing.show({ gitProblem });
    await screen.findByText(
      'Git does not work in /srv/team, because it belongs to somebody else. If you trust them, run `git config …`.'
    );
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).toMatchObject({ source: { kind: 'files' } });
  });

  it('is not spoken of where this hub publishes from no repository', async () => {
    publishing.show({ gitProblem, whoami: whoami({ strategies: ['snapshot'] }) });
    await button('Publish');
    expect(screen.queryByText(/Git does not work/)).toBeNull();
  });
});

describe('a clone that Git takes long to look at', () => {
  const ask = (answer: () => Promise<unknown>) =>
    readGit({ settings: fakeLabServer([], answer), trans: nullTranslator.load('test') }, { root: '~', entry: '.' }, 20);
  const late = () => new Promise((_resolve, reject) => setTimeout(reject, 40));

  it('is told, since its branch is not offered then', async () => {
    const { git, problem } = await ask(late);
    expect(git).toBeNull();
    expect(problem?.message).toContain('has not said in time');
    publishing.show({ gitProblem: problem });
    await screen.findByText(/publish again: Git is often faster the second time/);
  });

  it('is nothing to speak of where Git cannot be asked', async () => {
    expect(await ask(labReply(500, {}))).toEqual({ git: null, problem: null });
  });
});

describe('a private repository', () => {
  const stored: GitCredential = {
    ...{ id: 'c1', kind: 'token', host: 'git.example.org', username: null, publicKey: null },
    createdAt: '2026-01-01T00:00:00Z'
  };
  const choice = () => screen.findByLabelText<HTMLSelectElement>('Read the repository with');
  const choose = async (value: string) => fireEvent.change(await choice(), { target: { value } });

  it('is read with what is stored for its host', async () => {
    const other: GitCredential = { ...stored, id: 'c2', host: 'elsewhere.example.org' };
    const key: GitCredential = { ...stored, id: 'c3', kind: 'ssh_key' };
    publishing.show({ git: facts(), credentials: [stored, other, key] });
    fireEvent.click(await repository());
    expect([...(await choice()).options].map(({ value }) => value)).toEqual(['own', '', 'c1', 'new']);
    await choose('c1');
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).toMatchObject({ source: { ...source, credential: 'c1' } });
  });

  it('that is public is read with nothing', async () => {
    publishing.show({ git: facts() });
    fireEvent.click(await repository());
    await choose('');
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(sent()).not.toHaveProperty('source.credential');
  });

  it('gets a new token, which is stored for its host and no part of what is published', async () => {
    publishing.service.answer('POST api/v1/git-credentials', json({ credential: stored }, 201));
    publishing.show({ git: facts() });
    fireEvent.click(await repository());
    await choose('new');
    fireEvent.click(await button('Publish'));
    await screen.findByText('Give the token, or choose something else to read the repository with.');
    const field = await screen.findByLabelText<HTMLInputElement>('Token for git.example.org');
    expect(document.activeElement).toBe(field);
    expect(field.type).toBe('password');
    fireEvent.change(field, { target: { value: ' a-token ' } });
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    const [asked] = publishing.service.askedFor('POST api/v1/git-credentials');
    expect(asked?.body).toEqual({ kind: 'token', host: 'git.example.org', token: 'a-token' });
    expect(sent()).toMatchObject({ source: { ...source, credential: 'c1' } });
    expect(JSON.stringify(sent())).not.toContain('a-token');
    const problem = { code: 'git_refused' as const, message: 'It is private.' };
    publishing.events.send(stateEvent(1, { state: 'failed', problem }), 1);
    fireEvent.click(await button('Change and try again'));
    expect((await choice()).value).toBe('c1');
    expect((await choice()).selectedOptions[0]?.textContent).toMatch(/^The token for git.example.org, stored on /);
  });

  it('is read with something else once what is stored for it is forgotten, in two steps', async () => {
    publishing.service.answer('DELETE api/v1/git-credentials/c1', json(null, 204));
    publishing.show({ git: facts(), credentials: [stored] });
    fireEvent.click(await repository());
    expect(screen.queryByText('Forget it…')).toBeNull();
    await choose('c1');
    fireEvent.click(await button('Forget it…'));
    fireEvent.click(await button('Keep it'));
    fireEvent.click(await button('Forget it…'));
    expect(publishing.service.askedFor('DELETE api/v1/git-credentials/c1')).toEqual([]);
    fireEvent.click(await button('Forget it'));
    await waitFor(async () => expect((await choice()).value).toBe('own'));
    expect([...(await choice()).options].map(({ value }) => value)).toEqual(['own', '', 'new']);
    expect(document.activeElement).toBe(await choice());
    expect(publishing.service.askedFor('DELETE api/v1/git-credentials/c1')).toHaveLength(1);
  });

  it('says so where what is stored could not be forgotten', async () => {
    const problem = { code: 'service_unavailable', message: 'It is away.' };
    publishing.service.answer('DELETE api/v1/git-credentials/c1', json({ error: problem }, 503));
    publishing.show({ git: facts(), credentials: [stored] });
    fireEvent.click(await repository());
    await choose('c1');
    fireEvent.click(await button('Forget it…'));
    fireEvent.click(await button('Forget it'));
    await screen.findByText('It is away.');
    expect((await choice()).value).toBe('c1');
  });

  it('stays read with what it was read with, where that is not among what is stored', async () => {
    await publishing.showPublished({ source: { ...source, credential: 'gone' } }, undefined, facts());
    fireEvent.click(await button('Change…'));
    expect((await choice()).selectedOptions[0]?.textContent).toBe('As for the last version');
  });

  it('with an address of ssh has no tokens', async () => {
    const url = 'git@git.example.org:team/sales.git';
    publishing.show({ git: facts({ offer: { ...offer, url } }), credentials: [stored] });
    fireEvent.click(await screen.findByLabelText(/^As on main/));
    expect([...(await choice()).options].map(({ value }) => value)).toEqual(['own', '']);
  });
});

it.each([
  ['https://Git.Example.org:8443/x.git', 'git.example.org'],
  ['https://[2001:db8::1]:8443/x', '2001:db8::1'],
  ['ssh://git@git.example.org:2222/x', 'git.example.org'],
  ['git@git.example.org:x/y.git', 'git.example.org']
])('the host of %s is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});

it.each([
  ['https://git.example.org/team/sales.git', 'git.example.org/team/sales'],
  ['ssh://git@git.example.org:2222/sales', 'git.example.org:2222/sales'],
  ['git@git.example.org:team/sales.git', 'git.example.org:team/sales']
])('a repository at %s is called %s', (url, name) => {
  expect(repositoryName(url)).toBe(name);
});
