import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';

import type { Plan, PlanRequest } from '../../server/contract';
import { DashboardsError } from '../dashboards/errors';
import { planReader } from '../publish/plan';
import { fakeLabServer, labReply, type LabAsked } from './fake-lab-server';
import { button, preparePublishing, type Publishing } from './publishing';
import { plan, whoami } from './samples';

let publishing: Publishing;

beforeEach(() => {
  publishing = preparePublishing();
});
afterEach(() => publishing.manager.dispose());

const list = <T,>(...items: T[]) => ({ items, count: items.length });
const content = () => document.querySelector('.jp-DashboardsPlan')?.textContent ?? '';
const leaving = {
  leaving: list({ path: 'data', target: '/mnt/data' }),
  obstacles: [{ code: 'links_leave_folder' as const, message: 'Some links lead out of it.', fix: 'Copy them.' }]
};

/** Shows the form with this plan. */
function show(found: Partial<Plan>): void {
  publishing.show({ readPlan: async () => plan(found) });
}

describe('before anything is copied, the dialog says', () => {
  it('how much it will be, and what viewers see', async () => {
    show({ files: 20_000, bytes: 12_000_000 });
    await screen.findByText('20,000 files (12 MB) will be copied.');
    expect(content()).toContain('Viewers see the files as they are now.');
  });

  it('that the volume of the files is cloned, where that is how they come to their dashboard', async () => {
    publishing.show({
      readPlan: async () => plan({ files: 2, bytes: 12_000 }),
      whoami: whoami({ strategies: ['clone', 'relay', 'git'] })
    });
    await screen.findByText('2 files (12 kB) will be published.');
    expect(content()).toContain('The storage clones the whole volume that they are on');
  });

  it('what is left out, by why, and the largest files', async () => {
    show({
      excluded: list(
        { path: '.git', why: 'history', folder: true },
        { path: 'venv', why: 'environment', folder: true },
        { path: 'a.txt', why: 'rule', folder: false }
      ),
      skipped: list({ path: 'fifo', why: 'pipe' }),
      largest: [
        { path: 'big.csv', bytes: 3_000_000 },
        { path: 'app.py', bytes: 20 }
      ]
    });
    await screen.findByText('4 items are left out');
    expect(screen.getByText('History of versions').nextSibling?.textContent).toBe('.git/');
    expect(screen.getByText('Named in .dashboardignore').nextSibling?.textContent).toBe('a.txt');
    expect(screen.getByText('Named pipes').nextSibling?.textContent).toBe('fifo');
    expect(screen.getByText(/^big\.csv/).textContent).toBe('big.csv 3 MB');
  });

  it('which files probably hold secrets', async () => {
    show({ secrets: list('.env', 'key.pem') });
    await screen.findByText(/These files probably hold secrets, and would be published: \.env, key\.pem\./);
    expect((await button('Publish')).getAttribute('aria-disabled')).toBe('false');
  });

  it('which kinds of tokens are in which files, and what to do about those that outputs show', async () => {
    show({
      tokens: list(
        { path: 'a.ipynb', kind: 'github' as const, output: true },
        { path: 'load.py', kind: 'aws' as const, output: false }
      )
    });
    await screen.findByText(
      /These look like secrets inside of files, and would be published: a GitHub token in an output of a\.ipynb, an AWS access key in load\.py\. Clear the outputs that show one, and save the notebook\. Name what/
    );
    expect(content()).not.toContain('probably');
    expect((await button('Publish')).getAttribute('aria-disabled')).toBe('false');
  });

  it('that a file with a token may need something else than clearing outputs', async () => {
    show({ tokens: list({ path: 'load.py', kind: 'private-key' as const, output: false }) });
    await screen.findByText(/This looks like a secret inside of a file, .*: a private key in load\.py\. Name what/);
  });

  it('which links lead out of the folder, with the fix, and sends nothing that would fail', async () => {
    show(leaving);
    expect((await screen.findByRole('alert')).textContent).toContain('Copy them.');
    expect(content()).toContain('data → /mnt/data');
    const publish = await button('Publish');
    expect(publish.getAttribute('aria-disabled')).toBe('true');
    expect(document.getElementById(publish.getAttribute('aria-describedby') ?? '')?.textContent).toContain('lead out');
    fireEvent.click(publish);
    expect(publishing.service.askedFor('POST api/v1/dashboards')).toEqual([]);
  });

  it('that what was in the way is gone, when it has looked again', async () => {
    const plans = [plan(leaving), plan()];
    publishing.show({ readPlan: async () => plans.shift() ?? plan() });
    fireEvent.click(await button('Look again'));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
  });

  it('that not all could be looked at', async () => {
    show({ files: 150_000, complete: false });
    await screen.findByText('There are more than 150,000 files (12 MB); not all were looked at.');
  });

  it('what has changed since the live version', async () => {
    publishing.service.dashboards = [];
    const asked: PlanRequest[] = [];
    const changes = { version: 1, added: list('b.csv'), changed: list('app.py', 'a.csv'), removed: list<string>() };
    await publishing.showPublished({}, async request => {
      asked.push(request);
      return plan({ changes });
    });
    await screen.findByText(/Since version 1: 2 files changed, 1 new file\./);
    expect(screen.getByText('Changed').nextSibling?.textContent).toBe('app.py, a.csv');
    expect(asked).toEqual([
      {
        root: '/home/alice/projects/sales',
        entry: 'app.py',
        scope: 'folder',
        since: { dashboard: 'd1', version: 1 }
      }
    ]);
  });
});

describe('the plan', () => {
  it('is made anew when the choice changes, and what was wanted before is called off', async () => {
    const asked: { request: PlanRequest; signal: AbortSignal }[] = [];
    publishing.show({
      whoami: whoami({ publishablePaths: ['shared'] }),
      readPlan: (request, signal) => {
        asked.push({ request, signal });
        return request.scope === 'file' ? Promise.resolve(plan({ files: 1, bytes: 20 })) : new Promise(() => undefined);
      }
    });
    fireEvent.click(await screen.findByLabelText('This file only'));
    await screen.findByText('1 file (20 bytes) will be copied.');
    expect(asked.map(({ request, signal }) => [request.scope, signal.aborted])).toEqual([
      ['folder', true],
      ['file', false]
    ]);
    expect(asked[0]?.request.publishablePaths).toEqual(['shared']);
  });

  it('that cannot be made is said quietly, and keeps nobody from publishing', async () => {
    const problem = { code: 'service_unavailable' as const, message: 'It is too old.', fix: 'Restart it.' };
    publishing.show({ readPlan: () => Promise.reject(new DashboardsError(problem)) });
    await screen.findByText(/What will be copied cannot be told beforehand. It is too old. Restart it./);
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(publishing.service.askedFor('POST api/v1/dashboards')[0]?.body).not.toHaveProperty('place');
  });

  it('goes with what is published: what was seen of the files', async () => {
    const place = { inode: '42', newest: { path: 'app.py', changed: '123' } };
    show({ place });
    await screen.findByText(/will be copied/);
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(publishing.service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({ place });
  });
});

describe('this Lab’s own server', () => {
  const trans = nullTranslator.load('jupyterhub_dashboards');
  const request: PlanRequest = { root: '~/sales', entry: 'app.py', scope: 'folder' };
  let asked: LabAsked[];

  const read = (answer: () => Promise<unknown>, signal = new AbortController().signal) =>
    planReader({ settings: fakeLabServer(asked, answer), trans })(request, signal);

  beforeEach(() => {
    asked = [];
  });

  it('is asked for it', async () => {
    expect(await read(labReply(200, { plan: plan() }))).toEqual(plan());
    expect(asked[0]?.url).toContain('/user/alice/jupyterhub-dashboards/plan');
    expect(asked[0]?.init).toMatchObject({ method: 'POST', body: JSON.stringify(request) });
  });

  it.each([
    ['what it says is wrong', labReply(422, { error: { code: 'file_missing', message: 'Gone.' } }), 'file_missing'],
    ['that it has no such address', labReply(404, { message: 'Not Found' }), 'service_unavailable'],
    ['what nobody understands', labReply(200, { plan: {} }), 'service_unavailable'],
    ['that it is away', () => Promise.reject(new TypeError('network')), 'service_unavailable']
  ])('tells %s', async (_what, answer, code) => {
    const error: unknown = await read(answer).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\w/) });
  });

  it('is told that nobody wants it any more', async () => {
    const unwanted = new AbortController();
    unwanted.abort();
    const error: unknown = await read(() => Promise.reject(new Error('aborted')), unwanted.signal).catch(
      (reason: unknown) => reason
    );
    expect(error).toHaveProperty('name', 'AbortError');
    expect(asked[0]?.init.signal?.aborted).toBe(true);
  });
});
