import { fireEvent, screen, waitFor } from '@testing-library/react';

import type { GitFacts, Plan, PlanRequest } from '../../server/contract';
import { DashboardsError } from '../dashboards/errors';
import { json } from './fake-service';
import { button, preparePublishing, type Publishing } from './publishing';
import { plan, version } from './samples';

let publishing: Publishing;
let asked: PlanRequest[];

beforeEach(() => {
  publishing = preparePublishing();
  asked = [];
});
afterEach(() => publishing.manager.dispose());

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const LIVE = 'a'.repeat(40);
const nothing = { items: [], count: 0 };
const offer = { remote: 'origin', url: 'https://git.example.org/team/sales.git', ref: 'main', root: 'apps' };
const git: GitFacts = { branch: 'main', commit: COMMIT, dirty: nothing, ahead: 0, hasEntry: true, offer };
const source = { kind: 'git', url: offer.url, ref: 'main', root: 'apps', entry: 'app.py', scope: 'folder' } as const;
const repository = { commit: COMMIT, fixed: false, modules: nothing };
const content = () => document.querySelector('.jp-DashboardsPlan')?.textContent ?? '';

/** Once what was asked for last is shown. */
const settled = () =>
  waitFor(() => expect(document.querySelector('.jp-DashboardsPlan')?.getAttribute('aria-busy')).toBe('false'));

/** A Lab server that has this to say of the clone, and of the files here that they are 7. */
function reading(found: Partial<Plan>): (request: PlanRequest) => Promise<Plan> {
  return async request => {
    asked.push(request);
    return request.repository === undefined ? plan({ files: 7 }) : plan({ place: null, repository, ...found });
  };
}

/** Shows the form, and chooses the repository. */
async function choose(found: Partial<Plan>): Promise<void> {
  publishing.show({ git, readPlan: reading(found) });
  await screen.findByText(/^7 files/);
  fireEvent.click(await screen.findByLabelText(/^As on main/));
  await settled();
}

describe('where files of a repository are published, the dialog says', () => {
  it('how much it is, of which commit, and asks for no more than that', async () => {
    await choose({ files: 3, bytes: 1_000 });
    await screen.findByText('3 files (1 kB) will be copied.');
    expect(content()).toContain('These are the files of commit 0123456789, the newest that your clone knows');
    expect(content()).not.toContain('as they are now');
    expect(asked.at(-1)).toEqual({
      root: '/home/alice/projects/sales',
      entry: 'app.py',
      scope: 'folder',
      repository: { url: offer.url, ref: 'main', root: 'apps' }
    });
    fireEvent.click(await screen.findByLabelText(/Git LFS/));
    await settled();
    expect(asked.at(-1)?.repository).toHaveProperty('lfs', true);
  });

  it('what is in the way, which a newer commit may have taken away: it can be sent', async () => {
    const obstacles = [{ code: 'git_unsupported' as const, message: 'It has submodules.', fix: 'Fetch them.' }];
    await choose({ obstacles });
    expect((await screen.findByRole('alert')).textContent).toContain('It has submodules.');
    expect(content()).toContain('Unless something newer has been pushed, publishing would fail:');
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
  });

  it('what is in the way of a commit that was asked for by its hash: it cannot be sent', async () => {
    const obstacles = [{ code: 'git_unsupported' as const, message: 'It has submodules.', fix: 'Fetch them.' }];
    await choose({ obstacles, repository: { ...repository, fixed: true } });
    await screen.findByRole('alert');
    expect((await button('Publish')).getAttribute('aria-disabled')).toBe('true');
    expect(content()).not.toContain('Unless');
    expect(content()).toContain('Viewers see the files of commit 0123456789.');
  });

  it('which secrets are in it, and which submodules come besides', async () => {
    const modules = { items: ['lib/charts'], count: 1 };
    await choose({ secrets: { items: ['.env'], count: 1 }, repository: { ...repository, modules } });
    await screen.findByText(/would be published: \.env\..*commit it and push/);
    expect(content()).toContain('The files of this submodule come besides: lib/charts.');
  });

  it('that the clone does not know that branch, and keeps nobody from publishing', async () => {
    const problem = { code: 'git_ref_missing' as const, message: 'It is not known here.', fix: 'Run git fetch.' };
    publishing.show({
      git,
      readPlan: ({ repository }) =>
        repository === undefined ? Promise.resolve(plan()) : Promise.reject(new DashboardsError(problem))
    });
    fireEvent.click(await screen.findByLabelText(/^As on main/));
    await screen.findByText(/cannot be told beforehand. It is not known here. Run git fetch./);
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
  });
});

describe('a dashboard from a repository', () => {
  const versions = (commit: string | null) =>
    publishing.service.answer(
      'GET api/v1/dashboards/d1/versions',
      json({ versions: [version({ commit, live: true })] })
    );

  it('is compared with the commit of its live version', async () => {
    versions(LIVE);
    const changes = { version: 1, added: nothing, changed: { items: ['app.py'], count: 1 }, removed: nothing };
    await publishing.showPublished({ source }, reading({ changes }), git);
    await screen.findByText(/Since version 1: 1 file changed\./);
    expect(asked.map(({ since }) => since)).toEqual([{ dashboard: 'd1', version: 1, commit: LIVE }]);
  });

  it('whose live version is of no known commit, or of other files, is compared with nothing', async () => {
    versions(null);
    await publishing.showPublished({ source }, reading({}), git);
    await screen.findByText(/will be copied/);
    fireEvent.click(await button('Change…'));
    await settled();
    fireEvent.click(await screen.findByLabelText('This file only'));
    await settled();
    expect(asked.at(-1)?.scope).toBe('file');
    expect(asked.every(({ since }) => since === undefined)).toBe(true);
  });
});
