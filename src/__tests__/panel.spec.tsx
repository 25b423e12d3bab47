import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import * as React from 'react';

import type { Dashboard } from '../../server/contract';
import { COMMANDS } from '../commands';
import type { Access } from '../dashboards/access';
import type { DashboardManager } from '../dashboards/manager';
import { PanelModel } from '../panel/panel-model';
import { PanelView } from '../panel/panel-view';
import { createCommands } from './fake-commands';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { build, dashboard, version, whoami } from './samples';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;
let actions: ReturnType<typeof createCommands>;

async function show(dashboards: Dashboard[] = [], access?: Access): Promise<void> {
  service.dashboards = dashboards;
  manager = createManager(service, access && (async () => access));
  actions = createCommands(manager);
  const { commands, runner } = actions;
  const model = new PanelModel(manager);
  render(<PanelView {...{ model, commands, runner }} dashboards={manager} trans={service.connection.trans} />);
  await act(async () => {
    manager.watch();
  });
}

beforeEach(() => {
  service = new FakeService();
  events = new EventSourceReply();
  events.send({ kind: 'ready' });
  service.answer('GET api/v1/events', events);
});

afterEach(() => {
  manager.dispose();
  document.querySelectorAll('.lm-Menu').forEach(menu => menu.remove());
});

const tell = (one: Dashboard) => events.send({ kind: 'dashboard', dashboard: one });
const button = (name: string) => screen.findByRole('button', { name });
const tab = (name: RegExp) => screen.findByRole('tab', { name });
const others = dashboard({ id: 'd2', name: 'Churn', slug: 'churn', owner: 'carol', mine: false, source: null });

describe('the lists', () => {
  it('tell what is mine from what is shared with me, with counts', async () => {
    await show([dashboard(), others]);
    await screen.findByText('Sales');
    expect((await tab(/^Mine/)).textContent).toBe('Mine 1');
    expect(screen.queryByText('Churn')).toBeNull();
    fireEvent.click(await tab(/^Shared with me 1$/));
    const card = await screen.findByRole('listitem', { name: 'Churn' });
    expect(card.textContent).toContain('by carol');
    expect(within(card).queryByRole('button', { name: 'Update' })).toBeNull();
  });

  it('show everything to administrators alone', async () => {
    await show([dashboard(), others]);
    await screen.findByText('Sales');
    expect(screen.queryByRole('tab', { name: /^All/ })).toBeNull();
    service.answer('GET api/v1/whoami', json(whoami({ admin: true })));
    events.send({ kind: 'reset' });
    fireEvent.click(await tab(/^All 2$/));
    expect(await screen.findAllByRole('listitem')).toHaveLength(2);
  });

  it('are gone through with the arrow keys', async () => {
    await show([dashboard(), others]);
    const mine = await tab(/^Mine/);
    mine.focus();
    fireEvent.keyDown(mine, { key: 'ArrowRight' });
    await screen.findByText('Churn');
    expect(document.activeElement).toBe(await tab(/^Shared/));
    expect((await tab(/^Mine/)).tabIndex).toBe(-1);
  });

  const at = (n: number) => new Date(Date.UTC(2026, 0, 1) - n * 1000).toISOString();
  const sixty = () => Array.from({ length: 60 }, (_, n) => dashboard({ id: `d${n}`, slug: `s${n}`, createdAt: at(n) }));

  it('come page by page, and the keyboard goes on where the new ones begin', async () => {
    await show(sixty());
    await screen.findByText('50+');
    // Not by role: jsdom takes seconds to find out the roles of fifty cards.
    fireEvent.click(await screen.findByText('Show more'));
    await waitFor(() => expect(document.activeElement?.closest('[data-id]')?.getAttribute('data-id')).toBe('d50'));
    expect(screen.queryByText('Show more')).toBeNull();
  });

  it('leave the keyboard where it is when a page could not be read and another dashboard appears later', async () => {
    await show(sixty());
    await screen.findByText('50+');
    service.answer('GET api/v1/dashboards', html(503));
    fireEvent.click(await screen.findByText('Show more'));
    await screen.findByText('The dashboards service does not answer.');
    tell(dashboard({ id: 'new', name: 'Brand new', createdAt: at(-1) }));
    await screen.findByText('Brand new');
    expect(document.activeElement?.closest('[data-id]') ?? null).toBeNull();
  });

  it('find what is typed, and say so when there is nothing', async () => {
    await show([dashboard(), dashboard({ id: 'd3', name: 'Stock', slug: 'stock' })]);
    const field = await screen.findByRole('searchbox');
    fireEvent.change(field, { target: { value: 'sto' } });
    await waitFor(() => expect(screen.queryByText('Sales')).toBeNull());
    fireEvent.change(field, { target: { value: 'nothing' } });
    await screen.findByText(/Nothing here has “nothing”/);
    fireEvent.click(await button('Clear the search'));
    await screen.findByText('Sales');
  });
});

describe('where there is nothing', () => {
  it('the panel says how to begin, and offers the open document', async () => {
    await show();
    await screen.findByText(/Right-click a notebook, script or folder/);
    const executed: string[] = [];
    actions.commands.commandExecuted.connect((_sender, { id }) => executed.push(id));
    fireEvent.click(await button('Publish the open document'));
    expect(executed).toEqual([COMMANDS.publishFile]);
    fireEvent.click(await tab(/^Shared/));
    await screen.findByText(/What others share with you/);
  });

  it('it explains instead where there is no hub', async () => {
    await show([], { kind: 'off', obstacle: 'no-hub', owner: '' });
    expect(await screen.findByText('Dashboards need a JupyterHub')).toBeTruthy();
    expect(service.asked).toEqual([]);
  });

  it('it says what is wrong and connects again when told', async () => {
    service.answer(
      'GET api/v1/events',
      json({ error: { code: 'scope_missing', message: 'Not with this token.' } }, 403),
      events
    );
    await show([dashboard()]);
    await screen.findByText('Not with this token.');
    fireEvent.click(await button('Try again'));
    await screen.findByText('Running');
  });

  it('it offers to sign in again where the token is refused', async () => {
    service.answer('GET api/v1/events', html(403));
    await show();
    await screen.findByText('The hub no longer accepts this page’s sign-in.');
    expect(await button('Reload the page')).toBeTruthy();
  });

  it('it says why a list could not be read, and reads it again when told', async () => {
    service.answer('GET api/v1/dashboards', html(503));
    await show();
    await screen.findByText('The dashboards service does not answer.');
    service.answer('GET api/v1/dashboards', json({ dashboards: [dashboard()], next: null }));
    fireEvent.click(await button('Try again'));
    await screen.findByText('Sales');
  });
});

describe('who may not publish', () => {
  it('reads why, and goes on managing what there is', async () => {
    const publishingOff = { code: 'publishing_forbidden' as const, message: 'Members of analysts publish.' };
    service.answer('GET api/v1/whoami', json(whoami({ mayPublish: false, publishingOff })));
    await show([dashboard()]);
    await screen.findByText('Members of analysts publish.');
    expect(screen.queryByRole('button', { name: 'Update' })).toBeNull();
    expect(actions.commands.isVisible(COMMANDS.updateDashboard)).toBe(false);
    expect(actions.commands.isVisible(COMMANDS.stopDashboard)).toBe(true);
    expect(await button('Versions')).toBeTruthy();
  });
});

describe('a card', () => {
  it('shows a change of state as it happens, and tells screen readers once', async () => {
    await show([dashboard()]);
    await screen.findByText('Running');
    tell(dashboard({ state: 'asleep', desired: 'asleep' }));
    await screen.findByText('Asleep – a visit wakes it');
    await waitFor(
      () => expect(document.querySelector('[data-news]')?.textContent).toBe('Sales: Asleep – a visit wakes it.'),
      { timeout: 3_000 }
    );
  });

  it('says of files that are sent to where they are not seen that they are sent', async () => {
    await show([dashboard({ state: 'building', build: build({ state: 'copy', wantsFiles: true }) })]);
    await screen.findByText('Sending the files…');
  });

  it('shows the stage of a build, and calls it off', async () => {
    service.answer('POST api/v1/builds/b1/cancel', json(build({ state: 'cancelled' })));
    await show([dashboard({ state: 'building', build: build({ state: 'copy' }) })]);
    await screen.findByText('Copying the files…');
    fireEvent.click(await button('Cancel publishing'));
    await waitFor(() => expect(service.askedFor('POST api/v1/builds/b1/cancel')).toHaveLength(1));
  });

  it('says of a publish that was called off that it is cancelled, not that it failed', async () => {
    const problem = { code: 'cancelled' as const, message: 'This build was cancelled.', fix: 'Publish again.' };
    const cancelled = { liveVersion: null, problem, build: build({ state: 'cancelled', problem }) };
    service.answer('POST api/v1/dashboards/d1/versions', json({ dashboard: dashboard(), build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    await show([dashboard({ state: 'cancelled', ...cancelled })]);
    expect((await screen.findByText('Cancelled')).getAttribute('data-state')).toBe('cancelled');
    expect(screen.getByText('This build was cancelled.')).toBeTruthy();
    expect(screen.queryByText('Failed')).toBeNull();
    fireEvent.click(await button('Publish again'));
    await waitFor(() => expect(service.askedFor('POST api/v1/dashboards/d1/versions')).toHaveLength(1));
  });

  it('rolls back in two clicks', async () => {
    const building = dashboard({ state: 'building', build: build() });
    service.answer('POST api/v1/dashboards/d1/live', json({ dashboard: building, build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    const versions = [version({ n: 2, live: true, message: 'Third quarter' }), version({ bytes: 1_234_000 })];
    service.answer('GET api/v1/dashboards/d1/versions', json({ versions }));
    await show([dashboard({ liveVersion: 2 })]);
    fireEvent.click(await button('Versions'));
    await screen.findByText('Third quarter');
    await screen.findByText(/1 file, 1.2 MB/);
    const link = await screen.findByRole('link', { name: 'Open version 1' });
    expect(link.getAttribute('href')).toBe('https://hub.example.org/services/dashboards/d/sales@1');
    fireEvent.click(await button('Roll back to version 1'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards/d1/live')[0]?.body).toEqual({ version: 1 });
  });

  it('says of a version whose files are gone what to do, and neither opens it nor rolls back to it', async () => {
    const versions = [version({ n: 2, live: true }), version({ state: 'lost' })];
    service.answer('GET api/v1/dashboards/d1/versions', json({ versions }));
    await show([dashboard({ liveVersion: 2 })]);
    fireEvent.click(await button('Versions'));
    await screen.findByText('files are gone: publish again');
    expect(screen.queryByRole('link', { name: 'Open version 1' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Roll back to version 1' })).toBeNull();
  });

  it('keeps a refusal beside the dashboard it belongs to, and tries again', async () => {
    service.answer(
      'POST api/v1/dashboards/d1/versions',
      html(503),
      json({ dashboard: dashboard({ state: 'building', build: build() }), build: build() }, 201)
    );
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    await show([dashboard()]);
    fireEvent.click(await button('Update'));
    expect((await screen.findByRole('alert')).getAttribute('data-code')).toBe('service_unavailable');
    fireEvent.click(await button('Try again'));
    await screen.findByText('Waiting for its turn…');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('has a menu with what can be done now, which gives the focus back', async () => {
    await show([dashboard()]);
    const more = await button('More actions');
    fireEvent.click(more);
    const menu = await screen.findByRole('menu');
    const items = within(menu).getAllByRole('menuitem');
    expect(items.map(item => item.textContent)).toEqual([
      'Open',
      'Copy Link',
      'Share…',
      'Update',
      'Versions…',
      'Log',
      'Name and Description…',
      'Stop',
      'Delete…'
    ]);
    fireEvent.keyDown(menu, { keyCode: 27 });
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(document.activeElement).toBe(more);
  });
});

describe('the keyboard keeps its place', () => {
  const focused = () => {
    const control = document.activeElement;
    const name = control?.getAttribute('aria-label') ?? control?.textContent;
    return `${control?.closest('[data-id]')?.getAttribute('data-id') ?? ''} ${name}`.trim();
  };
  const press = (control: HTMLElement) => {
    control.focus();
    fireEvent.click(control);
  };
  const gone = (id: string) => events.send({ kind: 'deleted', id });
  const three = ['d3', 'd2', 'd1'].map(id => dashboard({ id, slug: id, name: id.toUpperCase() }));
  const more = async (name: string) =>
    within(await screen.findByRole('listitem', { name })).getByRole('button', { name: 'More actions' });

  it('when a dashboard is deleted: at the next one, at the one before, at the tab', async () => {
    await show(three);
    (await more('D2')).focus();
    gone('d2');
    await waitFor(() => expect(focused()).toBe('d1 Open'));
    gone('d1');
    await waitFor(() => expect(focused()).toBe('d3 Open'));
    gone('d3');
    await screen.findByText(/Right-click a notebook/);
    await waitFor(() => expect(screen.getByRole('tabpanel').contains(document.activeElement)).toBe(true));
  });

  it('where it is when somebody has gone elsewhere meanwhile', async () => {
    await show(three);
    (await more('D2')).focus();
    (await screen.findByRole('searchbox')).focus();
    gone('d2');
    await waitFor(() => expect(screen.queryByText('D2')).toBeNull());
    expect(document.activeElement).toBe(await screen.findByRole('searchbox'));
  });

  it('when a build is called off', async () => {
    service.answer('POST api/v1/builds/b1/cancel', json(build({ state: 'cancelled' })));
    await show([dashboard({ state: 'building', build: build({ state: 'copy' }) })]);
    press(await button('Cancel publishing'));
    tell(dashboard({ build: build({ state: 'cancelled' }) }));
    await waitFor(() => expect(screen.queryByText('Cancel publishing')).toBeNull());
    await waitFor(() => expect(focused()).toBe('d1 Open'));
  });

  it('while an update and a roll back are under way, which cannot be begun twice', async () => {
    const building = dashboard({ state: 'building', liveVersion: 2, build: build() });
    const versions = [version({ n: 2, live: true }), version()];
    service.answer('POST api/v1/dashboards/d1/versions', json({ dashboard: building, build: build() }, 201));
    service.answer('POST api/v1/dashboards/d1/live', json({ dashboard: building, build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    service.answer('GET api/v1/dashboards/d1/versions', json({ versions }));
    await show([dashboard({ liveVersion: 2 })]);
    const update = await button('Update');
    press(update);
    await waitFor(() => expect(update.getAttribute('aria-disabled')).toBe('true'));
    expect(document.activeElement).toBe(update);
    fireEvent.click(update);
    expect(service.askedFor('POST api/v1/dashboards/d1/versions')).toHaveLength(1);
    tell(dashboard({ liveVersion: 2 }));
    fireEvent.click(await button('Versions'));
    press(await button('Roll back to version 1'));
    await screen.findByText('Waiting for its turn…');
    expect(focused()).toBe('d1 Roll back to version 1');
    service.answer('GET api/v1/dashboards/d1/versions', json({ versions: [version({ live: true })] }));
    tell(dashboard({ liveVersion: 1 }));
    await waitFor(() => expect(focused()).toBe('d1 Open version 1'));
  });
});
