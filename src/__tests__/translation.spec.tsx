import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';

import {
  DASHBOARD_STATES,
  EXCLUSIONS,
  FRAMEWORK_IDS,
  SKIPPED,
  TOKEN_KINDS,
  type Dashboard,
  type Problem,
  type Version
} from '../../server/contract';
import { actionLabels } from '../actions/labels';
import { COMMANDS } from '../commands';
import type { Access } from '../dashboards/access';
import { DashboardsError, toProblem } from '../dashboards/errors';
import type { DashboardManager } from '../dashboards/manager';
import { LogModel } from '../logs/log-model';
import { LogView } from '../logs/log-view';
import { PanelModel } from '../panel/panel-model';
import { PanelView } from '../panel/panel-view';
import { PublishView, type Occasion } from '../publish/publish-view';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { marking as trans, unmarked } from './marking';
import { build, dashboard, folders, logEvent, logLine, plan, stateEvent, target, version, whoami } from './samples';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;

beforeEach(() => {
  service = new FakeService();
  service.connection = { ...service.connection, trans };
  events = new EventSourceReply();
  events.send({ kind: 'ready' });
  service.answer('GET api/v1/events', events);
  service.answer('GET api/v1/whoami', json(whoami({ name: 'αλίκη', groups: ['ομάδα'] })));
  const versions = [greekVersion({ n: 2, live: true }), greekVersion({}), greekVersion({ n: 3, state: 'failed' })];
  service.answer('GET api/v1/dashboards/d1/versions', json({ versions }));
  manager = createManager(service);
});

afterEach(() => {
  manager.dispose();
  document.querySelectorAll('.lm-Menu, .jp-Dialog').forEach(left => left.remove());
});

/** What people and the service write is in Greek. */
const problem: Problem = { code: 'app_failed', message: 'Σφάλμα.', fix: 'Ξανά.', detail: 'α = β' };
const greek = (change: Partial<Dashboard> = {}) =>
  dashboard({ name: 'Πωλήσεις', description: 'Όλα', owner: 'αλίκη', slug: 'πω', viewers: 2, ...change });
const greekVersion = (change: Partial<Version>) =>
  version({ author: 'αλίκη', message: 'νέο', files: 3, bytes: 2_000_000, ...change });

async function showPanel(access?: Access): Promise<ReturnType<typeof createCommands>> {
  manager = createManager(service, access && (async () => access));
  const actions = createCommands(manager, trans);
  const model = new PanelModel(manager);
  render(<PanelView {...actions} model={model} dashboards={manager} trans={trans} />);
  await act(async () => {
    manager.watch();
  });
  return actions;
}

const click = async (name: RegExp) => {
  const [button] = await screen.findAllByRole('button', { name, hidden: true });
  await act(async () => void fireEvent.click(button as HTMLElement));
};
const expectTranslated = () => expect(unmarked(document.body)).toEqual([]);

it('is looked for in texts, in what is read out, and around what is put into a message', () => {
  render(<p title="Titel">{trans.__('Rolled back to %1', 'v')}</p>);
  expect(unmarked(document.body)).toEqual(['Titel', '«Rolled back to »v«»']);
});

describe('every word is translated', () => {
  it.each(DASHBOARD_STATES)('of a card whose dashboard is %s, and of its versions', async state => {
    const stage = state === 'building' ? build({ state: 'copy' }) : build({ state: 'failed', problem });
    service.dashboards = [greek({ state, build: stage, problem: state === 'failed' ? problem : null })];
    await showPanel();
    await click(/^«Versions»$/);
    await screen.findByText(/Roll back/);
    expectTranslated();
  });

  it.each(FRAMEWORK_IDS.filter(id => ['static', 'command'].includes(id)))('of what runs it: %s', async framework => {
    service.dashboards = [greek({ framework })];
    await showPanel();
    await screen.findByText('Πωλήσεις');
    expectTranslated();
  });

  it('of a card of somebody else', async () => {
    service.dashboards = [greek({ mine: false, viewers: 1 })];
    await showPanel();
    fireEvent.click(await screen.findByRole('tab', { name: /Shared/ }));
    await screen.findByText(/by/);
    expectTranslated();
  });

  it('of a card with something that has failed', async () => {
    service.dashboards = [greek()];
    service.answer('POST api/v1/dashboards/d1/versions', html(503));
    await showPanel();
    await click(/^«Update»$/);
    await screen.findByRole('alert');
    expectTranslated();
  });

  it('of an empty panel, and of a search that finds nothing', async () => {
    await showPanel();
    await screen.findByText(/Right-click/);
    expectTranslated();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'ώ' } });
    await screen.findByText(/Nothing here/);
    expectTranslated();
  });

  it('of a panel that cannot reach the service', async () => {
    service.answer('GET api/v1/events', html(403));
    await showPanel();
    await screen.findByRole('button', { name: /Reload the page/ });
    expectTranslated();
  });

  it.each(['no-hub', 'no-extension', 'foreign-server'] as const)(
    'of why there are no dashboards: %s',
    async obstacle => {
      await showPanel({ kind: 'off', obstacle, owner: 'βασίλης' });
      await screen.findByRole('heading');
      expectTranslated();
    }
  );

  it('of all actions', async () => {
    service.dashboards = [greek()];
    const { commands } = await showPanel();
    await click(/^«More actions»$/);
    await screen.findByRole('menu');
    expectTranslated();
    const names = Object.values(actionLabels(trans)).flatMap(({ short, long }) => [short, long]);
    expect(names.filter(name => !/^«[^«»]+»$/.test(name))).toEqual([]);
    expect(commands.label(COMMANDS.shareDashboard, { id: 'd1' })).toBe('«Share…»');
  });
});

describe('every word is translated of the dialog', () => {
  it.each([
    [COMMANDS.showVersions, /Roll back/],
    [COMMANDS.shareDashboard, /Everyone/],
    [COMMANDS.editDashboard, /The link stays/],
    [COMMANDS.stopDashboard, /looking at it/],
    [COMMANDS.deleteDashboard, /all its versions/]
  ])('that %s shows', async (command, text) => {
    service.answer('GET api/v1/dashboards/d1', json({ dashboard: greek() }));
    const { done } = await createCommands(manager, trans).begin(command, { id: 'd1' });
    await screen.findAllByText(text);
    expectTranslated();
    fireEvent.keyDown(document.querySelector('.jp-Dialog') as Element, { key: 'Escape', keyCode: 27 });
    await done;
  });

  it('that asks for a dashboard', async () => {
    service.dashboards = [greek(), greek({ id: 'd2', mine: false })];
    const { done } = await createCommands(manager, trans).begin(COMMANDS.copyLink);
    await waitFor(() => expect(screen.getAllByRole('option', { hidden: true })).toHaveLength(2));
    expectTranslated();
    const field = screen.getByRole('combobox', { hidden: true });
    fireEvent.change(field, { target: { value: 'ώ' } });
    await screen.findByText(/No dashboard/);
    expectTranslated();
    fireEvent.keyDown(field, { key: 'Escape' });
    await done;
  });
});

describe('every word is translated of publishing', () => {
  const show = (change: Partial<Occasion> = {}) =>
    render(
      <PublishView
        dashboards={manager}
        load={async () => ({
          target: target({ folder: 'πω', candidates: ['α.β', 'γ.δ', '.'].map(entry => ({ entry, detection: null })) }),
          folders,
          whoami: whoami({ groups: ['ομάδα'], audiences: ['owner'] }),
          frameworks: FRAMEWORK_IDS.filter(id => ['voila', 'static', 'command'].includes(id)).map(id => ({
            id,
            title: id
          })),
          mine: [],
          notes: [],
          defaultAudience: 'owner',
          readPlan: async () => plan(),
          git: null,
          gitProblem: null,
          credentials: [],
          ...change
        })}
        onClose={() => undefined}
        onScreen={() => undefined}
        trans={trans}
      />
    );

  it('that looks at the files, and of a form with all its fields and mistakes', async () => {
    show();
    expectTranslated();
    fireEvent.change(await screen.findByLabelText('«Name»'), { target: { value: '' } });
    fireEvent.change(screen.getByLabelText('«Framework»'), { target: { value: 'command' } });
    await click(/^«Publish»$/);
    await screen.findByText(/Give the dashboard a name/);
    expectTranslated();
  });

  it('of files in a repository', async () => {
    const dirty = { items: ['α', 'β'], count: 5 };
    const offer = { remote: 'ω', url: 'https://ο.ω/χ', ref: 'κ', root: '.' };
    show({ git: { branch: 'κ', commit: '1', dirty, ahead: 2, hasEntry: false, offer } });
    await screen.findByText(/Not pushed/);
    expectTranslated();
  });

  it('whose plan says all that a plan can say', async () => {
    const some = { items: ['α'], count: 2 };
    const excluded = EXCLUSIONS.map(why => ({ path: 'α', why, folder: true }));
    const skipped = SKIPPED.map(why => ({ path: 'α', why }));
    show({
      readPlan: async () =>
        plan({
          excluded: { items: excluded, count: 8 },
          skipped: { items: skipped, count: 4 },
          secrets: some,
          tokens: {
            items: TOKEN_KINDS.map((kind, at) => ({ path: 'α', kind, output: at === 0 })),
            count: TOKEN_KINDS.length
          },
          leaving: { items: [{ path: 'α', target: 'β' }], count: 1 },
          largest: ['α', 'β'].map(path => ({ path, bytes: 2_000_000 })),
          changes: { version: 1, added: some, changed: some, removed: some },
          obstacles: [problem]
        })
    });
    await screen.findByText(/Look again/);
    expectTranslated();
  });

  it.each([
    ['that not all was looked at', async () => plan({ complete: false })],
    ['that there is none', () => Promise.reject(new DashboardsError(problem))]
  ])('whose plan says %s', async (_what, readPlan) => {
    show({ readPlan });
    await screen.findByText(/Look again/);
    expectTranslated();
  });

  it('to people and groups, of a folder with nothing in it', async () => {
    show({ target: target({ folder: 'πω', candidates: [] }), whoami: whoami({ groups: ['ομάδα'] }) });
    fireEvent.click(await screen.findByLabelText('«People and groups»'));
    await click(/^«Publish»$/);
    expectTranslated();
  });

  it.each(['queued', 'server', 'copy', 'start', 'check', 'live', 'failed', 'cancelled'] as const)(
    'that has come to: %s',
    async state => {
      const detection = { framework: 'voila' as const, reason: 'ναι', confidence: 'certain' as const };
      show({ target: target({ folder: 'πω', candidates: [{ entry: 'α.β', detection }] }) });
      const follow = new EventSourceReply();
      service.answer('POST api/v1/dashboards', json({ dashboard: greek(), build: build() }, 201));
      service.answer('GET api/v1/builds/b1/events', follow);
      await click(/^«Publish»$/);
      follow.send(logEvent(1, 'α = β'), 1);
      follow.send(stateEvent(2, { state, problem: state === 'failed' ? problem : null }), 2);
      const words = { queued: /turn/, server: /Spawner/, copy: /Copying/, start: /Starting/, check: /Checking/ };
      await screen.findByText(
        { ...words, live: /is live/, failed: /could not be published/, cancelled: /was cancelled/ }[state]
      );
      expectTranslated();
    }
  );
});

it('every word is translated of the log', async () => {
  service.answer('GET api/v1/dashboards/d1/logs/events', new EventSourceReply());
  service.answer('GET api/v1/dashboards/d1/logs', json({ lines: [logLine(5, 'α'), logLine(6, 'β')], before: 5 }));
  const model = new LogModel({ dashboards: manager, id: 'd1', toProblem: error => toProblem(error, trans) });
  const initial = { follow: true, wrap: true };
  const loadVersions = () => manager.versions('d1');
  render(<LogView {...{ model, loadVersions, initial, trans }} onDownload={() => Promise.reject(new Error('ω'))} />);
  expectTranslated();
  act(() => model.open());
  await screen.findByText(/Older lines/);
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'α' } });
  await screen.findByText(/found/);
  await click(/^«Download»$/);
  await screen.findByRole('alert');
  expectTranslated();
  model.dispose();
});
