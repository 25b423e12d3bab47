import { fireEvent, screen, waitFor, waitForElementToBeRemoved } from '@testing-library/react';

import { isPossible, type ActionCommand } from '../actions/possible';
import { COMMANDS } from '../commands';
import type { DashboardManager } from '../dashboards/manager';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { FakeService, html, json } from './fake-service';
import { build, dashboard, whoami } from './samples';

let service: FakeService;
let manager: DashboardManager;
let actions: ReturnType<typeof createCommands>;

beforeEach(() => {
  service = new FakeService();
  manager = createManager(service);
  actions = createCommands(manager);
  service.answer('GET api/v1/dashboards/d1', json({ dashboard: dashboard() }));
});

afterEach(() => manager.dispose());

const button = (name: string) => screen.findByRole('button', { name, hidden: true });

describe('what is possible', () => {
  const foreign = dashboard({ mine: false, mayOpen: true });
  const hidden = dashboard({ mine: false, mayOpen: false });
  const admin = whoami({ admin: true });
  const stoppedUpdate = dashboard({ desired: 'off', state: 'building', build: build({ version: 2 }) });

  it.each<[ActionCommand, ReturnType<typeof dashboard>, ReturnType<typeof whoami>, boolean]>([
    [COMMANDS.updateDashboard, dashboard(), whoami(), true],
    [COMMANDS.updateDashboard, dashboard(), whoami({ mayPublish: false }), false],
    [COMMANDS.updateDashboard, dashboard({ build: build() }), whoami(), false],
    [COMMANDS.cancelBuild, dashboard({ build: build() }), whoami(), true],
    [COMMANDS.cancelBuild, dashboard({ build: build({ state: 'live' }) }), whoami(), false],
    [COMMANDS.stopDashboard, dashboard(), whoami({ mayPublish: false }), true],
    [COMMANDS.stopDashboard, foreign, whoami(), false],
    [COMMANDS.stopDashboard, hidden, admin, true],
    [COMMANDS.stopDashboard, dashboard({ liveVersion: null, state: 'failed' }), whoami(), false],
    [COMMANDS.stopDashboard, dashboard({ liveVersion: null, state: 'building', build: build() }), whoami(), false],
    [COMMANDS.stopDashboard, dashboard({ liveVersion: null, state: 'building', mine: false }), admin, true],
    [COMMANDS.stopDashboard, dashboard({ liveVersion: null, state: 'failed', mine: false }), admin, false],
    [COMMANDS.stopDashboard, dashboard({ desired: 'off', state: 'building', mine: false }), admin, true],
    [COMMANDS.stopDashboard, dashboard({ desired: 'off', state: 'off' }), whoami(), false],
    [COMMANDS.stopDashboard, dashboard({ desired: 'asleep', state: 'asleep' }), whoami(), true],
    [COMMANDS.stopDashboard, stoppedUpdate, whoami(), false],
    [COMMANDS.cancelBuild, stoppedUpdate, whoami(), true],
    [COMMANDS.startDashboard, stoppedUpdate, whoami(), true],
    [COMMANDS.startDashboard, dashboard({ desired: 'off' }), whoami(), true],
    [COMMANDS.startDashboard, dashboard(), whoami(), false],
    [COMMANDS.startDashboard, dashboard({ desired: 'off', liveVersion: null }), whoami(), false],
    [COMMANDS.deleteDashboard, hidden, admin, true],
    [COMMANDS.openDashboard, hidden, admin, false],
    [COMMANDS.openDashboard, foreign, whoami(), true],
    [COMMANDS.showLog, foreign, admin, false]
  ])('%s, case %#', (command, one, me, possible) => {
    expect(isPossible(command, one, me)).toBe(possible);
  });
});

describe('a command with an id', () => {
  it('does it without a question', async () => {
    service.answer('POST api/v1/dashboards/d1/stop', json({ dashboard: dashboard({ state: 'off', desired: 'off' }) }));
    await actions.commands.execute(COMMANDS.stopDashboard, { id: 'd1' });
    expect(manager.get('d1')?.state).toBe('off');
  });

  it('asks before people are cut off', async () => {
    service.answer('GET api/v1/dashboards/d1', json({ dashboard: dashboard({ viewers: 2 }) }));
    const { done } = await actions.begin(COMMANDS.stopDashboard, { id: 'd1' });
    await screen.findByText(/2 people are looking at it now/);
    fireEvent.click(await button('Keep running'));
    await done;
    expect(service.askedFor('POST api/v1/dashboards/d1/stop')).toEqual([]);
  });

  it('asks before it deletes, and says what goes and what stays', async () => {
    service.answer('DELETE api/v1/dashboards/d1', html(204));
    const { done } = await actions.begin(COMMANDS.deleteDashboard, { id: 'd1' });
    await screen.findByText(/all its versions and logs are removed.*files in your project folder stay/);
    fireEvent.click(await button('Delete'));
    await done;
    expect(service.askedFor('DELETE api/v1/dashboards/d1')).toHaveLength(1);
    expect(manager.get('d1')).toBeUndefined();
  });

  it('keeps what has failed, to be done again', async () => {
    service.answer('POST api/v1/dashboards/d1/stop', html(503), json({ dashboard: dashboard({ desired: 'off' }) }));
    await actions.commands.execute(COMMANDS.stopDashboard, { id: 'd1' });
    expect(actions.failures).toEqual(['service_unavailable']);
    actions.runner.failure('d1')?.retry();
    await waitFor(() => expect(manager.get('d1')?.desired).toBe('off'));
    expect(actions.runner.failure('d1')).toBeNull();
  });

  it.each([
    ['name', 'Name', 'Sales 2026'],
    ['description', 'Description', 'Figures of 2026']
  ])(
    'changes the %s alone where that was changed: the other one may be another window’s',
    async (field, label, value) => {
      service.answer('GET api/v1/dashboards/d1', json({ dashboard: dashboard({ description: 'Figures' }) }));
      service.answer('PATCH api/v1/dashboards/d1', json({ dashboard: dashboard({ [field]: value }) }));
      const { done } = await actions.begin(COMMANDS.editDashboard, { id: 'd1' });
      fireEvent.change(await screen.findByLabelText(label), { target: { value } });
      fireEvent.click(await button('Save'));
      await waitForElementToBeRemoved(screen.getByLabelText('Name'));
      await done;
      expect(service.askedFor('PATCH api/v1/dashboards/d1').map(({ body }) => body)).toEqual([{ [field]: value }]);
    }
  );

  it('sends nothing where neither name nor description was changed', async () => {
    const { done } = await actions.begin(COMMANDS.editDashboard, { id: 'd1' });
    fireEvent.click(await button('Save'));
    await done;
    expect(service.askedFor('PATCH api/v1/dashboards/d1')).toEqual([]);
  });
});
