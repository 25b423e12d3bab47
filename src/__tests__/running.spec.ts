import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IRunningSessions } from '@jupyterlab/running';

import { COMMANDS } from '../commands';
import { runningPlugin } from '../plugins/running';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { FakeService, json } from './fake-service';
import { dashboard } from './samples';
import { until } from './until';

it('lists and stops what runs, also below the first page', async () => {
  const service = new FakeService();
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();
  service.dashboards = Array.from({ length: 450 }, (_, n) =>
    dashboard({ id: `d${n}`, name: `Sales ${n}`, state: n % 449 === 0 ? 'running' : 'asleep', createdAt: day(n) })
  );
  const manager = createManager(service);
  const { commands } = createCommands(manager);
  const sections: IRunningSessions.IManager[] = [];
  const managers = { add: (section: IRunningSessions.IManager) => sections.push(section) };
  await runningPlugin.activate({ commands } as JupyterFrontEnd, manager, managers, null);
  const [section] = sections;
  if (section === undefined) {
    throw new Error('There is no section');
  }
  section.refreshRunning();
  await until(section.runningChanged, () => section.running({ mode: 'list' }).length === 2);
  expect(section.running({ mode: 'list' }).map(item => item.label())).toEqual(['Sales 449', 'Sales 0']);

  const stopped: unknown[] = [];
  commands.commandExecuted.connect((_sender, { id, args }) => id === COMMANDS.stopDashboard && stopped.push(args));
  for (const id of ['d0', 'd449']) {
    service.answer(`POST api/v1/dashboards/${id}/stop`, json({ dashboard: dashboard({ id, state: 'off' }) }));
  }
  section.shutdownAll();
  await until(section.runningChanged, () => section.running({ mode: 'list' }).length === 0);
  expect(stopped).toEqual([{ id: 'd449' }, { id: 'd0' }]);
  manager.dispose();
});
