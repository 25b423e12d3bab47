import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';

import { ERROR_CODES, type BuildState, type ErrorCode, type Problem } from '../../server/contract';
import type { DashboardManager } from '../dashboards/manager';
import { PanelModel } from '../panel/panel-model';
import { PanelView } from '../panel/panel-view';
import { PublishView, type Occasion } from '../publish/publish-view';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { build, dashboard, folders, plan, stateEvent, target, version, whoami } from './samples';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;

beforeEach(() => {
  service = new FakeService();
  events = new EventSourceReply();
  manager = createManager(service);
  service.answer(
    'POST api/v1/dashboards',
    json({ dashboard: dashboard({ state: 'building', liveVersion: null }), build: build() }, 201)
  );
  service.answer('GET api/v1/builds/b1/events', events);
  service.answer('GET api/v1/dashboards/d1/versions', json({ versions: [version({ live: true })] }));
});
afterEach(() => manager.dispose());

const problemOf = (code: ErrorCode): Problem => ({
  code,
  message: `What happened was ${code}.`,
  fix: `Do this about ${code}.`,
  left: `What is left after ${code}.`,
  detail: `line 3 of ${code}`
});

const publishButton = () => screen.findByRole('button', { name: 'Publish' });

function showDialog(load?: () => Promise<Occasion>): void {
  const occasion: Occasion = {
    target: target(),
    folders,
    whoami: whoami(),
    frameworks: [{ id: 'streamlit', title: 'Streamlit' }],
    mine: [],
    notes: [],
    defaultAudience: 'owner',
    readPlan: async () => plan(),
    git: null,
    gitProblem: null,
    credentials: []
  };
  render(
    <PublishView
      dashboards={manager}
      load={load ?? (async () => occasion)}
      onClose={() => undefined}
      onScreen={() => undefined}
      trans={service.connection.trans}
    />
  );
}

function expectProblem(place: HTMLElement, { code, message, fix = '', left = '', detail = '' }: Problem): void {
  expect(place.getAttribute('data-code')).toBe(code);
  expect(within(place).getByText(message)).toBeTruthy();
  expect(within(place).getByText(fix)).toBeTruthy();
  expect(within(place).getByText(left)).toBeTruthy();
  expect(within(place).getByText(detail)).toBeTruthy();
}

/** Names that the hub does not know are shown beside the names. */
const ELSEWHERE: readonly ErrorCode[] = ['audience_unknown'];

describe.each(ERROR_CODES.filter(code => !ELSEWHERE.includes(code)))('%s', code => {
  const problem = problemOf(code);

  it('refuses a publish in the dialog, which keeps its form', async () => {
    service.answer('POST api/v1/dashboards', json({ error: problem }, 409));
    showDialog();
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Figures' } });
    fireEvent.click(await publishButton());
    expectProblem(await screen.findByRole('alert'), problem);
    expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('Figures');
  });

  it('ends a build in the dialog, which offers to change and try again', async () => {
    showDialog();
    fireEvent.click(await publishButton());
    events.send(stateEvent(1, { state: 'failed', problem }), 1);
    expectProblem(await screen.findByRole('alert'), problem);
    expect(screen.getByRole('button', { name: 'Change and try again' })).toBeTruthy();
  });

  it('stands on the card of its owner in the panel', async () => {
    service.dashboards = [dashboard({ state: 'failed', problem })];
    service.answer('GET api/v1/events', events);
    const { commands, runner } = createCommands(manager);
    const model = new PanelModel(manager);
    render(<PanelView {...{ model, commands, runner }} dashboards={manager} trans={service.connection.trans} />);
    await act(async () => {
      manager.watch();
    });
    events.send({ kind: 'ready' });
    const card = (await screen.findByText('Sales')).closest('li') as HTMLElement;
    expectProblem(card.querySelector<HTMLElement>(`[data-code="${code}"]`) as HTMLElement, problem);
  });
});

describe('the dialog', () => {
  it('puts names that the hub does not know beside the names', async () => {
    const problem = problemOf('audience_unknown');
    service.answer('POST api/v1/dashboards', json({ error: problem }, 400));
    showDialog();
    fireEvent.click(await screen.findByLabelText('People and groups'));
    fireEvent.change(await screen.findByLabelText('People'), { target: { value: 'bbo' } });
    fireEvent.click(await publishButton());
    await screen.findByText(`${problem.message} ${problem.fix}`);
    const people = screen.getByLabelText('People');
    expect(people.getAttribute('aria-invalid')).toBe('true');
  });

  it('says that the service does not answer, and tries again when told', async () => {
    service.answer('POST api/v1/dashboards', html(503));
    showDialog();
    fireEvent.click(await publishButton());
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The dashboards service does not answer.');
    expect(alert.textContent).toContain('Try again in a minute. If it stays so, tell your administrator.');
    service.answer('POST api/v1/dashboards', json({ dashboard: dashboard(), build: build() }, 201));
    fireEvent.click(await publishButton());
    await screen.findByText('Waiting for its turn…');
  });

  it('says what to do about a reply of another version of the service', async () => {
    service.answer('POST api/v1/dashboards', json({ dashboard: { id: 7 } }, 201));
    showDialog();
    fireEvent.click(await publishButton());
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('answered something that JupyterLab does not understand');
    expect(alert.textContent).toContain('Restart your server to get the version of this extension that fits the hub.');
  });

  it('says why the files could not be looked at, and looks again when told', async () => {
    let attempts = 0;
    showDialog(async () => {
      attempts += 1;
      throw new Error('the disk is gone');
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Something unexpected happened in JupyterLab.');
    expect(within(alert).getByText('the disk is gone')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('alert');
    expect(attempts).toBe(2);
  });

  it.each<[stage: BuildState, words: string]>([
    ['queued', 'Waiting for its turn…'],
    ['server', 'Waiting for the Spawner'],
    ['copy', 'Copying the files…'],
    ['start', 'Starting the dashboard…'],
    ['check', 'Checking']
  ])('goes on where a service was that is started again at the stage %s', async (stage, words) => {
    const again = new EventSourceReply();
    service.answer('GET api/v1/builds/b1/events', events, html(503), html(503), again);
    showDialog();
    fireEvent.click(await publishButton());
    events.send(stateEvent(1, { state: stage }), 1);
    await screen.findByText(text => text.startsWith(words) && text.endsWith('…'));
    events.breakOff();
    again.send(stateEvent(2, { state: 'live' }), 2);
    await screen.findByText('Version 1 is live.');
    expect(screen.queryByRole('alert')).toBeNull();
    const asked = service.askedFor('GET api/v1/builds/b1/events');
    expect(asked).toHaveLength(4);
    expect(asked.at(-1)?.headers['Last-Event-ID']).toBe('1');
  });
});
