import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IRunningSessions } from '@jupyterlab/running';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor } from '@testing-library/react';

import { COMMANDS } from '../commands';
import type { DashboardManager } from '../dashboards/manager';
import { runningPlugin } from '../plugins/running';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, json } from './fake-service';
import { dashboard } from './samples';
import { until } from './until';

/** JupyterLab's panel of running sessions. */
let sidebar: Widget;
/** JupyterLab's layout is there. */
let restored: Promise<void>;

beforeEach(() => {
  sidebar = new Widget();
  sidebar.id = 'jp-running-sessions';
  restored = Promise.resolve();
});
afterEach(() => sidebar.dispose());

async function addSection(manager: DashboardManager) {
  const { commands } = createCommands(manager);
  const sections: IRunningSessions.IManager[] = [];
  const managers = { add: (section: IRunningSessions.IManager) => sections.push(section) };
  const shell = { widgets: (area: string) => (area === 'right' ? [sidebar] : []) };
  await runningPlugin.activate({ commands, restored, shell } as unknown as JupyterFrontEnd, manager, managers, null);
  const [section] = sections;
  if (section === undefined) {
    throw new Error('There is no section');
  }
  const running = () => section.running({ mode: 'list' });
  return { section, commands, running };
}

async function sectionOf(service: FakeService, manager: DashboardManager) {
  const { section, commands, running } = await addSection(manager);
  section.refreshRunning();
  const expected = service.dashboards.filter(({ state }) => state === 'running').length;
  await until(section.runningChanged, () => running().length === expected);
  return { section, commands, running };
}

/** Let `id` be stopped. */
function canBeStopped(service: FakeService, id: string): void {
  service.answer(`POST api/v1/dashboards/${id}/stop`, json({ dashboard: dashboard({ id, state: 'off' }) }));
}

it('lists and stops what runs, also below the first page', async () => {
  const service = new FakeService();
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();
  service.dashboards = Array.from({ length: 450 }, (_, n) =>
    dashboard({ id: `d${n}`, name: `Sales ${n}`, state: n % 449 === 0 ? 'running' : 'asleep', createdAt: day(n) })
  );
  const manager = createManager(service);
  const { section, commands, running } = await sectionOf(service, manager);
  expect(running().map(item => item.label())).toEqual(['Sales 449', 'Sales 0']);

  const stopped: unknown[] = [];
  commands.commandExecuted.connect((_sender, { id, args }) => id === COMMANDS.stopDashboard && stopped.push(args));
  ['d0', 'd449'].forEach(id => canBeStopped(service, id));
  section.shutdownAll();
  await until(section.runningChanged, () => running().length === 0);
  expect(stopped).toEqual([
    { id: 'd449', confirmed: true },
    { id: 'd0', confirmed: true }
  ]);
  manager.dispose();
});

it('asks once before all are stopped, and for each that is stopped alone while somebody looks at it', async () => {
  const service = new FakeService();
  service.dashboards = ['d0', 'd1', 'd2'].map(id => dashboard({ id, name: `Sales ${id}`, viewers: 2 }));
  const manager = createManager(service);
  const { section, running } = await sectionOf(service, manager);
  service.dashboards.forEach(({ id }) => canBeStopped(service, id));
  running()[0]?.shutdown?.();
  fireEvent.click(await screen.findByRole('button', { name: 'Keep running', hidden: true }));
  await waitFor(() => expect(document.querySelector('.jp-Dialog')).toBeNull());
  expect(running()).toHaveLength(3);

  section.shutdownAll();
  await until(section.runningChanged, () => running().length === 0);
  expect(document.querySelector('.jp-Dialog')).toBeNull();
  manager.dispose();
});

it('follows what runs while JupyterLab shows running sessions, and asks nothing while it does not', async () => {
  const service = new FakeService();
  service.dashboards = [dashboard({ id: 'd0', name: 'Sales' })];
  const streams = [new EventSourceReply(), new EventSourceReply()] as const;
  streams.forEach(stream => stream.send({ kind: 'ready' }));
  service.answer('GET api/v1/events', ...streams);
  const manager = createManager(service);
  const { section, running } = await addSection(manager);
  const labels = () => running().map(item => item.label());
  await restored;
  sidebar.hide();
  Widget.attach(sidebar, document.body);
  await Promise.resolve();
  expect(service.asked).toEqual([]);

  sidebar.show();
  await until(section.runningChanged, () => labels().join() === 'Sales');
  streams[0].send({ kind: 'dashboard', dashboard: dashboard({ id: 'd1', name: 'Stock' }) });
  await until(section.runningChanged, () => running().length === 2);
  sidebar.hide();
  await waitFor(() => expect(streams[0].cancelled).toBe(true));

  // What has changed meanwhile is there as soon as somebody looks again.
  service.dashboards = [dashboard({ id: 'd2', name: 'Staff' })];
  sidebar.show();
  await until(section.runningChanged, () => labels().join() === 'Staff');
  manager.dispose();
});
