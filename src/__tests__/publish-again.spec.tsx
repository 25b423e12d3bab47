import { act, fireEvent, screen, waitFor } from '@testing-library/react';

import { LIMITS } from '../../server/contract';
import { EventSourceReply, json } from './fake-service';
import { button, preparePublishing, type Publishing } from './publishing';
import { build, dashboard, plan, stateEvent } from './samples';

const { place } = plan();

let service: Publishing['service'];
let manager: Publishing['manager'];
let events: Publishing['events'];
let showPublished: Publishing['showPublished'];

beforeEach(() => {
  ({ service, manager, events, showPublished } = preparePublishing());
});

afterEach(() => manager.dispose());

describe('a file that is published already', () => {
  it('shows link and state, and is updated with one click', async () => {
    await showPublished();
    expect(screen.getByText('Running')).toBeTruthy();
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards/d1/versions')[0]?.body).toEqual({ place });
  });

  it('is told what is new, with Enter as with the button, and keeps it until that version is live', async () => {
    service.answer(
      'POST api/v1/dashboards/d1/versions',
      json({ error: { code: 'invalid_request', message: 'No.' } }, 400),
      json({ dashboard: dashboard(), build: build({ version: 2 }) }, 201)
    );
    await showPublished();
    const field = await screen.findByLabelText<HTMLInputElement>('What is new (optional)');
    expect(field.maxLength).toBe(LIMITS.message);
    fireEvent.change(field, { target: { value: ' Third quarter ' } });
    fireEvent.submit(field.form as HTMLFormElement);
    await screen.findByText('No.');
    expect(field.value).toBe(' Third quarter ');
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    const bodies = service.askedFor('POST api/v1/dashboards/d1/versions').map(({ body }) => body);
    expect(bodies).toEqual([
      { message: 'Third quarter', place },
      { message: 'Third quarter', place }
    ]);
    expect([field.value, field.readOnly]).toEqual([' Third quarter ', true]);
    fireEvent.submit(field.form as HTMLFormElement);
    events.send(stateEvent(1, { state: 'live', version: 2 }), 1);
    await screen.findByText('Version 2 is live.');
    await waitFor(() => expect([field.value, field.readOnly]).toEqual(['', false]));
    expect(service.askedFor('POST api/v1/dashboards/d1/versions')).toHaveLength(2);
  });

  it('keeps what is new for another attempt when a version fails, or an older one is made live', async () => {
    service.answer(
      'POST api/v1/dashboards/d1/live',
      json({ dashboard: dashboard(), build: build({ id: 'b2', kind: 'activate' }) }, 201)
    );
    const rollBack = new EventSourceReply();
    service.answer('GET api/v1/builds/b2/events', rollBack);
    await showPublished({ liveVersion: 2 });
    const field = await screen.findByLabelText<HTMLInputElement>('What is new (optional)');
    fireEvent.change(field, { target: { value: 'Third quarter' } });
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    events.send(stateEvent(1, { state: 'failed', problem: { code: 'app_failed', message: 'It failed.' } }), 1);
    await button('Try again');
    expect([field.value, field.readOnly]).toEqual(['Third quarter', false]);
    fireEvent.click(await button('Roll back to version 1'));
    await waitFor(() => expect(field.readOnly).toBe(true));
    rollBack.send({ ...stateEvent(1, { id: 'b2', kind: 'activate', state: 'live' }) }, 1);
    await screen.findByText('Version 1 is live.');
    expect([field.value, field.readOnly]).toEqual(['Third quarter', false]);
  });

  it('is told what is new where its settings are changed, too', async () => {
    await showPublished();
    fireEvent.change(await screen.findByLabelText('What is new (optional)'), { target: { value: 'Third quarter' } });
    fireEvent.click(await button('Change…'));
    const field = await screen.findByLabelText<HTMLInputElement>('What is new (optional)');
    expect(field.value).toBe('Third quarter');
    fireEvent.submit(field.form as HTMLFormElement);
    await screen.findByText('Waiting for its turn…');
    const [asked] = service.askedFor('POST api/v1/dashboards/d1/versions');
    expect(asked?.body).toMatchObject({ message: 'Third quarter', source: { entry: 'app.py' } });
  });

  it('is rolled back from the list of versions', async () => {
    service.answer(
      'POST api/v1/dashboards/d1/live',
      json({ dashboard: dashboard(), build: build({ kind: 'activate' }) }, 201)
    );
    await showPublished({ liveVersion: 2 });
    fireEvent.click(await button('Roll back to version 1'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards/d1/live')[0]?.body).toEqual({ version: 1 });
    expect(screen.queryByText('Copy')).toBeNull();
  });

  it('sends a changed audience with the version, says when it holds, and sends both again after a failure', async () => {
    const everyone = { kind: 'everyone' as const };
    const [first, second] = ['b1', 'b2'].map(id => build({ id, version: 2, audience: everyone }));
    service.answer(
      'POST api/v1/dashboards/d1/versions',
      json({ dashboard: dashboard(), build: first }, 201),
      json({ dashboard: dashboard(), build: second }, 201)
    );
    service.answer('GET api/v1/builds/b2/events', new EventSourceReply());
    await showPublished();
    fireEvent.click(await button('Change…'));
    fireEvent.click(await screen.findByLabelText('Everyone signed in'));
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    expect(service.asked.filter(({ method }) => method === 'PATCH')).toEqual([]);
    const sent = () => service.askedFor('POST api/v1/dashboards/d1/versions').map(({ body }) => body);
    expect(sent()[0]).toMatchObject({ audience: everyone, source: { entry: 'app.py' } });
    expect(screen.getByText(/gets in once this version is live/)).toBeTruthy();
    const problem = { code: 'app_failed' as const, message: 'It failed.' };
    events.send(stateEvent(1, { state: 'failed', problem, audience: everyone }), 1);
    await screen.findByText(/Who may look was not widened/);
    fireEvent.click(await button('Try again'));
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]).toEqual(sent()[0]);
  });

  it('has its name changed at once, and its audience left alone where that stays', async () => {
    service.answer('PATCH api/v1/dashboards/d1', json({ dashboard: dashboard({ name: 'Figures' }) }));
    await showPublished();
    fireEvent.click(await button('Change…'));
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Figures' } });
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('PATCH api/v1/dashboards/d1')[0]?.body).toEqual({ name: 'Figures' });
    expect(service.askedFor('POST api/v1/dashboards/d1/versions')[0]?.body).not.toHaveProperty('audience');
  });

  describe('whose name and audience another window changes', () => {
    const bob = { kind: 'people' as const, users: ['bob', 'carol'], groups: [] };
    const carol = { kind: 'people' as const, users: ['carol'], groups: [] };
    const patches = () => service.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
    const updates = () => service.askedFor('POST api/v1/dashboards/d1/versions').map(({ body }) => body);
    const elsewhere = async (change: Parameters<typeof dashboard>[0]) => {
      service.dashboards = [dashboard(change)];
      await act(() => manager.refreshMine());
    };

    it('keeps them while the form is open, where the person has changed nothing', async () => {
      await showPublished({ audience: bob });
      fireEvent.click(await button('Change…'));
      await button('Update');
      await elsewhere({ name: 'Stock', audience: carol });
      fireEvent.click(await button('Update'));
      await screen.findByText('Waiting for its turn…');
      expect(patches()).toEqual([]);
      expect(updates()[0]).not.toHaveProperty('audience');
    });

    it('shows them in a form that is opened later', async () => {
      await showPublished({ audience: bob });
      await elsewhere({ name: 'Stock', audience: carol });
      fireEvent.click(await button('Change…'));
      expect((await screen.findByLabelText<HTMLInputElement>('Name')).value).toBe('Stock');
      expect(screen.queryByText('bob')).toBeNull();
      expect(screen.getByText('carol')).toBeTruthy();
    });

    it('is given the person’s word for what the person has changed, and for nothing else', async () => {
      service.answer(
        'PATCH api/v1/dashboards/d1',
        json({ dashboard: dashboard({ name: 'Figures', audience: carol }) })
      );
      await showPublished({ audience: bob });
      fireEvent.click(await button('Change…'));
      fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Figures' } });
      await elsewhere({ name: 'Stock', audience: carol });
      fireEvent.click(await button('Update'));
      await screen.findByText('Waiting for its turn…');
      expect(patches()).toEqual([{ name: 'Figures' }]);
      expect(updates()[0]).not.toHaveProperty('audience');
    });

    it('keeps them after an update of this window that has set both', async () => {
      service.answer(
        'POST api/v1/dashboards/d1/versions',
        ...['b1', 'b2'].map(id => json({ dashboard: dashboard(), build: build({ id, version: 2 }) }, 201))
      );
      service.answer('GET api/v1/builds/b2/events', new EventSourceReply());
      const everyone = { kind: 'everyone' as const };
      service.answer('PATCH api/v1/dashboards/d1', json({ dashboard: dashboard({ name: 'Figures' }) }));
      await showPublished();
      fireEvent.click(await button('Change…'));
      fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Figures' } });
      fireEvent.click(await screen.findByLabelText('Everyone signed in'));
      fireEvent.click(await button('Update'));
      await screen.findByText('Waiting for its turn…');
      events.send(stateEvent(1, { state: 'live', version: 2 }), 1);
      await screen.findByText('Version 2 is live.');
      await elsewhere({ name: 'Figures', audience: everyone });
      fireEvent.click(await button('Change…'));
      await elsewhere({ name: 'Stock', audience: carol });
      fireEvent.click(await button('Update'));
      await waitFor(() => expect(updates()).toHaveLength(2));
      expect(updates()[0]).toHaveProperty('audience', everyone);
      expect(patches()).toEqual([{ name: 'Figures' }]);
      expect(updates()[1]).not.toHaveProperty('audience');
    });
  });

  it('is given back an audience that was asked for and came to nothing', async () => {
    service.answer(
      'POST api/v1/dashboards/d1/versions',
      ...['b1', 'b2'].map(id => json({ dashboard: dashboard(), build: build({ id, version: 2 }) }, 201))
    );
    service.answer('GET api/v1/builds/b2/events', new EventSourceReply());
    const bob = { kind: 'people' as const, users: ['bob'], groups: [] };
    await showPublished({ audience: bob });
    fireEvent.click(await button('Change…'));
    fireEvent.click(await screen.findByLabelText('Only me'));
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    events.send(stateEvent(1, { state: 'failed', problem: { code: 'app_failed', message: 'It failed.' } }), 1);
    fireEvent.click(await button('Change and try again'));
    fireEvent.click(await screen.findByLabelText('People and groups'));
    fireEvent.click(await button('Update'));
    const updates = () => service.askedFor('POST api/v1/dashboards/d1/versions').map(({ body }) => body);
    await waitFor(() => expect(updates()).toHaveLength(2));
    expect(updates()[0]).toHaveProperty('audience', { kind: 'owner' });
    // bob was cut off at once: without a word he would stay so.
    expect(updates()[1]).toHaveProperty('audience', bob);
  });

  it('that is stopped is said to be so, and to stay so when its update fails', async () => {
    await showPublished({ state: 'off', desired: 'off' });
    expect(
      screen.getByText('It is stopped: nobody sees it until you start it, or a new version is live.')
    ).toBeTruthy();
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    const stopped = dashboard({ state: 'building', desired: 'off' });
    service.dashboards = [stopped];
    await act(() => manager.refreshMine());
    events.send(stateEvent(1, { state: 'failed', problem: { code: 'app_failed', message: 'It failed.' } }), 1);
    await screen.findByText('The dashboard stays stopped.');
    expect(screen.queryByText(/stays live/)).toBeNull();
  });

  it('keeps its version when an update fails, and does not say what visitors saw: it may have stopped for lack of memory', async () => {
    await showPublished();
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    events.send(stateEvent(1, { state: 'failed', problem: { code: 'app_failed', message: 'It failed.' } }), 1);
    await screen.findByText('Version 1 stays live.');
    expect(screen.queryByText(/notice/)).toBeNull();
  });

  it('takes up a build that is already under way', async () => {
    await showPublished({ build: build({ state: 'start' }), state: 'building' });
    await screen.findByText('Starting the dashboard…');
    expect((screen.getByText('Update') as HTMLButtonElement).disabled).toBe(true);
  });

  it('can be updated again after a build that could not be followed to its end, once the dashboard tells that', async () => {
    service.answer('GET api/v1/builds/b1/events', json({ error: { code: 'internal', message: 'It broke.' } }, 500));
    await showPublished({ build: build({ state: 'start' }), state: 'building' });
    await screen.findByText('It broke.');
    expect((screen.getByText('Update') as HTMLButtonElement).disabled).toBe(true);
    service.dashboards = [dashboard({ build: build({ state: 'live' }) })];
    await act(() => manager.refreshMine());
    await waitFor(() => expect((screen.getByText('Update') as HTMLButtonElement).disabled).toBe(false));
    expect(screen.queryByText('Cancel publishing')).toBeNull();
  });
});
