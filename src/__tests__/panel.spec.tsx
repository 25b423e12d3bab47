import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';

import type { Access } from '../dashboards/access';
import { DashboardManager } from '../dashboards/manager';
import { PanelView } from '../panel/panel-view';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { build, dashboard, folders, version } from './samples';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;

async function show(access?: Access): Promise<void> {
  const found: Access = access ?? { kind: 'ready', connection: service.connection, folders };
  manager = new DashboardManager({ trans: service.connection.trans, findAccess: async () => found });
  render(<PanelView dashboards={manager} trans={service.connection.trans} />);
  await act(async () => {
    manager.watch();
  });
}

beforeEach(() => {
  service = new FakeService();
  events = new EventSourceReply();
  service.answer('GET api/v1/events', events);
});

afterEach(() => manager.dispose());

function tell(...dashboards: ReturnType<typeof dashboard>[]): void {
  dashboards.forEach(one => events.send({ kind: 'dashboard', dashboard: one }));
  events.send({ kind: 'ready' });
}

const button = (name: string) => screen.findByRole('button', { name });

describe('the panel', () => {
  it('tells what is mine from what is shared with me', async () => {
    await show();
    tell(dashboard(), dashboard({ id: 'd2', name: 'Churn', owner: 'carol', mine: false, source: null }));
    const mine = await screen.findByRole('region', { name: 'Mine' });
    await waitFor(() => expect(mine.textContent).toContain('Sales'));
    const shared = await screen.findByRole('region', { name: 'Shared with me' });
    await waitFor(() => expect(shared.textContent).toContain('By carol'));
    expect(shared.textContent).not.toContain('Delete');
  });

  it('says how to begin while there is nothing', async () => {
    await show();
    tell();
    expect(await screen.findByText(/Right-click a notebook or script/)).toBeTruthy();
  });

  it('shows a change of state as it happens', async () => {
    await show();
    tell(dashboard());
    await screen.findByText('Running');
    events.send({ kind: 'dashboard', dashboard: dashboard({ state: 'asleep', desired: 'asleep' }) });
    await screen.findByText('Asleep – a visit wakes it');
  });

  it('explains instead where there is no hub', async () => {
    await show({ kind: 'off', obstacle: 'no-hub', owner: '' });
    expect(await screen.findByText('Dashboards need a JupyterHub')).toBeTruthy();
    expect(service.asked).toEqual([]);
  });

  it('says what is wrong and connects again when told', async () => {
    service.answer(
      'GET api/v1/events',
      json({ error: { code: 'scope_missing', message: 'Not with this token.' } }, 403),
      events
    );
    await show();
    await screen.findByText('Not with this token.');
    fireEvent.click(await button('Try again'));
    tell(dashboard());
    await screen.findByText('Running');
  });

  it('updates, stops, and rolls back', async () => {
    const reply = json({ dashboard: dashboard({ state: 'building', build: build() }), build: build() }, 201);
    service.answer('POST api/v1/dashboards/d1/live', reply);
    service.answer('POST api/v1/dashboards/d1/stop', json({ dashboard: dashboard({ state: 'off', desired: 'off' }) }));
    service.answer('GET api/v1/dashboards/d1/versions', json({ versions: [version({ n: 2, live: true }), version()] }));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    await show();
    tell(dashboard());
    fireEvent.click(await button('Stop'));
    await screen.findByText('Stopped');
    expect(await button('Start')).toBeTruthy();
    fireEvent.click(await button('Versions'));
    fireEvent.click(await button('Roll back to version 1'));
    await screen.findByText('Waiting for its turn…');
  });

  it('keeps a refusal beside the dashboard it belongs to', async () => {
    service.answer('POST api/v1/dashboards/d1/versions', html(503));
    await show();
    tell(dashboard());
    fireEvent.click(await button('Update'));
    expect((await screen.findByRole('alert')).getAttribute('data-code')).toBe('service_unavailable');
  });
});
