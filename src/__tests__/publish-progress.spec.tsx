import { fireEvent, screen, waitFor, within } from '@testing-library/react';

import { EventSourceReply, json } from './fake-service';
import { button, preparePublishing, type Publishing } from './publishing';
import { build, dashboard, logEvent, stateEvent } from './samples';

let service: Publishing['service'];
let manager: Publishing['manager'];
let events: Publishing['events'];
let closed: Publishing['closed'];
let show: Publishing['show'];

beforeEach(() => {
  ({ service, manager, events, closed, show } = preparePublishing());
});

afterEach(() => manager.dispose());

describe('a build under way', () => {
  it('shows stages and log as they come', async () => {
    show();
    fireEvent.click(await button('Publish'));
    events.send(stateEvent(1, { state: 'copy' }), 1);
    events.send(logEvent(2, 'copied 3 files'), 2);
    await screen.findByText('Copying the files…');
    expect(screen.getByText('Copy').getAttribute('aria-current')).toBe('step');
    expect((await screen.findByLabelText('Log')).textContent).toBe('copied 3 files');
    expect(document.querySelector('.jp-DashboardsProgress-line')?.textContent).toBe('copied 3 files');
    events.send(stateEvent(3, { state: 'live' }), 3);
    await screen.findByText('Version 1 is live.');
    expect(document.querySelector('.jp-DashboardsProgress-line')).toBeNull();
    expect(screen.queryByText('Cancel publishing')).toBeNull();
  });

  it('says that a volume is cloned before there is a server', async () => {
    show();
    fireEvent.click(await button('Publish'));
    events.send(stateEvent(1, { state: 'server', clonesVolume: true }), 1);
    await screen.findByText('Cloning the volume that the files are on…');
    events.send(stateEvent(2, { state: 'server' }), 2);
    await screen.findByText('Waiting for the Spawner to start the dashboard’s server…');
  });

  it('is cancelled only by its own button, never by closing', async () => {
    service.answer('POST api/v1/builds/b1/cancel', json({}));
    show();
    fireEvent.click(await button('Publish'));
    const cancel = await button('Cancel publishing');
    fireEvent.click(await button('Close'));
    expect(closed()).toBe(1);
    expect(service.askedFor('POST api/v1/builds/b1/cancel')).toHaveLength(0);
    fireEvent.click(cancel);
    await waitFor(() => expect(service.askedFor('POST api/v1/builds/b1/cancel')).toHaveLength(1));
  });

  it('that is cancelled has not failed: no alarm, no cross, and a way to publish again', async () => {
    show();
    fireEvent.click(await button('Publish'));
    const problem = { code: 'cancelled' as const, message: 'This build was cancelled.', fix: 'Publish again.' };
    events.send(stateEvent(1, { state: 'start' }), 1);
    await screen.findByText('Starting the dashboard…');
    events.send(stateEvent(2, { state: 'cancelled', problem }), 2);
    await screen.findByText('Version 1 was cancelled.');
    expect(screen.getByText('Publish again.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText('Start').getAttribute('data-status')).toBe('cancelled');
    expect(screen.getByText('Change…')).toBeTruthy();
    const next = build({ id: 'b2', version: 2 });
    service.answer('POST api/v1/dashboards/d1/versions', json({ dashboard: dashboard(), build: next }, 201));
    service.answer('GET api/v1/builds/b2/events', new EventSourceReply());
    fireEvent.click(await button('Publish again'));
    await waitFor(() => expect(service.askedFor('POST api/v1/dashboards/d1/versions')).toHaveLength(1));
  });

  it('that was cancelled earlier is shown so, too', async () => {
    const problem = { code: 'cancelled' as const, message: 'This build was cancelled.', fix: 'Publish again.' };
    service.dashboards = [
      dashboard({ state: 'cancelled', liveVersion: null, problem, build: build({ state: 'cancelled', problem }) })
    ];
    show({ mine: await manager.refreshMine() });
    expect((await screen.findByText('Cancelled')).getAttribute('data-state')).toBe('cancelled');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(await button('Publish again')).toBeTruthy();
  });

  it('that fails says what to do, shows the failing lines and can be changed and tried again', async () => {
    const building = dashboard({ name: 'Figures', state: 'building', liveVersion: null });
    service.answer('POST api/v1/dashboards', json({ dashboard: building, build: build() }, 201));
    show();
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Figures' } });
    fireEvent.click(await button('Publish'));
    const problem = {
      code: 'app_failed' as const,
      message: 'The app failed.',
      fix: 'Look at line 3.',
      detail: 'ZeroDivision'
    };
    events.send(stateEvent(1, { state: 'check' }), 1);
    events.send(stateEvent(2, { state: 'failed', problem }), 2);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Look at line 3.');
    expect(within(alert).getByText('ZeroDivision')).toBeTruthy();
    expect(screen.getByText('Check').getAttribute('data-status')).toBe('failed');
    fireEvent.click(await button('Change and try again'));
    expect(((await screen.findByLabelText('Name')) as HTMLInputElement).value).toBe('Figures');
  });
});
