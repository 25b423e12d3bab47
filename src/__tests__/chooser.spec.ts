import { fireEvent, screen, waitFor } from '@testing-library/react';

import type { Dashboard } from '../../server/contract';
import { COMMANDS } from '../commands';
import { PAGE_SIZE } from '../dashboards/list';
import type { DashboardManager } from '../dashboards/manager';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { FakeService, html, json } from './fake-service';
import { dashboard } from './samples';

let service: FakeService;
let manager: DashboardManager;
let actions: ReturnType<typeof createCommands>;

beforeEach(() => {
  service = new FakeService();
  manager = createManager(service);
  actions = createCommands(manager);
});

afterEach(() => manager.dispose());

const options = () => screen.queryAllByRole('option', { hidden: true }).map(({ textContent }) => textContent);
const field = () => screen.findByRole('combobox', { hidden: true });
const type = async (value: string) => fireEvent.change(await field(), { target: { value } });
const press = async (key: string) => fireEvent.keyDown(await field(), { key });

const named = (id: string, name: string, change: Partial<Dashboard> = {}) =>
  dashboard({ id, name, slug: name.toLowerCase(), ...change });

/** The answer to a search comes when the test says so. */
function holdSearch(filter: string, search: string, found: Dashboard[]): () => void {
  let letGo = (): void => undefined;
  const held = new Promise<void>(resolve => (letGo = resolve));
  const reply = json({ dashboards: found, next: null });
  service.answer(`GET api/v1/dashboards?filter=${filter}&search=${search}&limit=${PAGE_SIZE}`, {
    ...reply,
    json: async () => {
      await held;
      return reply.json();
    }
  });
  return letGo;
}

const searchAsked = () =>
  waitFor(() => expect(service.asked.some(({ path }) => path.includes('search='))).toBe(true), { timeout: 5_000 });

describe('a command from the palette', () => {
  it('asks for which dashboard, among those it can be done with', async () => {
    service.dashboards = [
      named('d1', 'Sales'),
      named('d2', 'Churn'),
      named('d3', 'Foreign', { mine: false, owner: 'carol' })
    ];
    const { done } = await actions.begin(COMMANDS.showLog);
    await screen.findByRole('option', { name: /Churn/, hidden: true });
    expect(screen.queryByRole('option', { name: /Foreign/, hidden: true })).toBeNull();
    await type('chu');
    await waitFor(() => expect(options()).toHaveLength(1));
    await press('Enter');
    await done;
    expect(actions.logs).toEqual(['Churn']);
  });

  it('takes what is typed, however soon Enter follows', async () => {
    service.dashboards = [named('d1', 'Sales'), named('d2', 'Churn')];
    const { done } = await actions.begin(COMMANDS.showLog);
    await waitFor(() => expect(options()).toHaveLength(2));
    await type('sal');
    await press('Enter');
    await done;
    expect(actions.logs).toEqual(['Sales']);
  });

  it('goes on showing what is found, and takes it, while the service searches', async () => {
    service.dashboards = [named('d1', 'Sales'), named('d2', 'Churn')];
    const { done } = await actions.begin(COMMANDS.showLog);
    await waitFor(() => expect(options()).toHaveLength(2));
    const answer = holdSearch('mine', 'sal', [named('d1', 'Sales')]);
    await type('sal');
    await searchAsked();
    expect(options()).toEqual([expect.stringContaining('Sales')]);
    await press('Enter');
    await done;
    expect(actions.logs).toEqual(['Sales']);
    answer();
  });

  it('waits for the service, where Enter came before the only one that is found', async () => {
    service.dashboards = [named('d2', 'Churn')];
    const { done } = await actions.begin(COMMANDS.showLog);
    await waitFor(() => expect(options()).toHaveLength(1));
    const answer = holdSearch('mine', 'old', [named('d1', 'Old')]);
    await type('old');
    await press('Enter');
    await searchAsked();
    expect(screen.getByText('Reading your dashboards…')).toBeTruthy();
    answer();
    await waitFor(() => expect(actions.logs).toEqual(['Old']));
    await done;
  });

  it('shows them, where Enter came before several that are found', async () => {
    const answer = holdSearch('mine', 'old', [named('d1', 'Old'), named('d3', 'Older')]);
    const { done } = await actions.begin(COMMANDS.showLog);
    await type('old');
    await press('Enter');
    await searchAsked();
    answer();
    await waitFor(() => expect(options()).toHaveLength(2));
    expect(actions.logs).toEqual([]);
    await press('ArrowDown');
    await press('Enter');
    await done;
    expect(actions.logs).toEqual(['Older']);
  });

  it('forgets an Enter after which something else was typed', async () => {
    const { done } = await actions.begin(COMMANDS.showLog);
    const answer = holdSearch('mine', 'older', [named('d3', 'Older')]);
    await type('old');
    await press('Enter');
    await type('older');
    await searchAsked();
    answer();
    await waitFor(() => expect(options()).toHaveLength(1));
    expect(actions.logs).toEqual([]);
    await press('Enter');
    await done;
    expect(actions.logs).toEqual(['Older']);
  });

  it('keeps to the one that was moved to, whatever else appears', async () => {
    service.dashboards = [named('d1', 'Sales'), named('d2', 'Churn'), named('d3', 'Foreign', { mine: false })];
    const answer = holdSearch('mine', 's', [named('d4', 'News'), named('d1', 'Sales'), named('d2', 'Stock')]);
    const { done } = await actions.begin(COMMANDS.copyLink);
    await waitFor(() => expect(options()).toHaveLength(3));
    await type('s');
    await press('ArrowDown');
    await press('ArrowUp');
    await searchAsked();
    answer();
    await waitFor(() => expect(options()).toHaveLength(3));
    expect(screen.getByRole('option', { selected: true, hidden: true }).textContent).toContain('Sales');
    await press('Escape');
    await done;
  });

  it('is typed into at once, also when a document behind it takes the focus', async () => {
    service.dashboards = [named('d1', 'Sales'), named('d2', 'Churn')];
    const { done } = await actions.begin(COMMANDS.showLog);
    const input = await field();
    await waitFor(() => expect(document.activeElement).toBe(input));
    const editor = document.body.appendChild(document.createElement('textarea'));
    editor.focus();
    expect(document.activeElement).toBe(input);
    editor.remove();
    await press('Escape');
    await done;
  });

  it('says why the service did not search', async () => {
    const { done } = await actions.begin(COMMANDS.showLog);
    await field();
    service.answer('GET api/v1/dashboards', html(503));
    await type('sal');
    await press('Enter');
    await screen.findByText('The dashboards service does not answer.');
    expect(screen.queryByText('Reading your dashboards…')).toBeNull();
    await press('Escape');
    await done;
    expect(actions.logs).toEqual([]);
  });

  it('says so when there is none', async () => {
    const { done } = await actions.begin(COMMANDS.deleteDashboard);
    await screen.findByText('No dashboard for which this can be done now.');
    await press('Escape');
    await done;
    expect(actions.failures).toEqual([]);
  });
});
