import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import * as React from 'react';

import { LIMITS } from '../../server/contract';
import type { DashboardManager } from '../dashboards/manager';
import { PublishView, type Occasion } from '../publish/publish-view';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { build, dashboard, folders, logEvent, stateEvent, target, version, whoami } from './samples';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;
let closed: number;

const frameworks = [
  { id: 'voila' as const, title: 'Voila' },
  { id: 'streamlit' as const, title: 'Streamlit' },
  { id: 'command' as const, title: 'Command' }
];

beforeEach(() => {
  service = new FakeService();
  events = new EventSourceReply();
  closed = 0;
  manager = createManager(service);
  const building = dashboard({ state: 'building', liveVersion: null });
  service.answer('POST api/v1/dashboards', json({ dashboard: building, build: build() }, 201));
  service.answer(
    'POST api/v1/dashboards/d1/versions',
    json({ dashboard: dashboard(), build: build({ version: 2 }) }, 201)
  );
  service.answer('GET api/v1/builds/b1/events', events);
  service.answer('GET api/v1/dashboards/d1/versions', json({ versions: [version({ n: 2, live: true }), version()] }));
});

afterEach(() => manager.dispose());

function show(change: Partial<Occasion> = {}): void {
  const occasion: Occasion = {
    target: target(),
    folders,
    whoami: whoami(),
    frameworks,
    mine: [],
    notes: [],
    defaultAudience: 'owner',
    ...change
  };
  render(
    <PublishView
      dashboards={manager}
      load={async () => occasion}
      onClose={() => (closed += 1)}
      onScreen={() => undefined}
      trans={service.connection.trans}
    />
  );
}

/** Show the dialog for a file that is published already. */
async function showPublished(change: Parameters<typeof dashboard>[0] = {}): Promise<void> {
  service.dashboards = [dashboard(change)];
  show({ mine: await manager.refreshMine() });
  await screen.findByText('Update');
}

const button = (name: string) => screen.findByRole('button', { name });

describe('a file that is not published yet', () => {
  it('is shared with whom the hub or the person has said, unless the form says otherwise', async () => {
    show({ defaultAudience: 'everyone' });
    expect((await screen.findByLabelText<HTMLInputElement>('Everyone signed in')).checked).toBe(true);
    fireEvent.click(await button('Publish'));
    await waitFor(() => expect(service.askedFor('POST api/v1/dashboards')).toHaveLength(1));
    expect(service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({ audience: { kind: 'everyone' } });
  });

  it('of a framework that this hub does not offer leaves the choice open, and says so', async () => {
    const detected = { framework: 'dash' as const, reason: 'it imports dash', confidence: 'certain' as const };
    show({ target: target({ candidates: [{ entry: 'app.py', detection: detected }] }) });
    const field = await screen.findByLabelText<HTMLSelectElement>('Framework');
    expect([field.value, field.selectedOptions[0]?.textContent]).toEqual(['', 'Choose…']);
    fireEvent.click(await button('Publish'));
    await screen.findByText('This hub does not offer Dash. Choose another one.');
    expect(service.askedFor('POST api/v1/dashboards')).toEqual([]);
    fireEvent.change(field, { target: { value: 'streamlit' } });
    fireEvent.click(await button('Publish'));
    await waitFor(() => expect(service.askedFor('POST api/v1/dashboards')).toHaveLength(1));
    expect(service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({ framework: 'streamlit' });
  });

  it('is published once, although the answer to the first attempt was lost', async () => {
    const reply = json({ dashboard: dashboard({ state: 'building', liveVersion: null }), build: build() }, 201);
    service.answer('POST api/v1/dashboards', json(null, 504), reply);
    show();
    fireEvent.click(await button('Publish'));
    await screen.findByRole('alert');
    fireEvent.click(await button('Publish'));
    await screen.findByText('https://hub.example.org/services/dashboards/d/sales');
    const keys = service.askedFor('POST api/v1/dashboards').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
  });

  it('has another key when the person has changed what is published', async () => {
    service.answer('POST api/v1/dashboards', json(null, 504));
    show();
    fireEvent.click(await button('Publish'));
    await screen.findByRole('alert');
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Other' } });
    fireEvent.click(await button('Publish'));
    await waitFor(() => expect(service.askedFor('POST api/v1/dashboards')).toHaveLength(2));
    const keys = service.askedFor('POST api/v1/dashboards').map(({ headers }) => headers['idempotency-key']);
    expect(keys[1]).not.toBe(keys[0]);
  });

  it('is published anew under another key, without a word, when it was published here and deleted elsewhere', async () => {
    const gone = { code: 'state_conflict' as const, message: 'Published with this Idempotency-Key, and deleted.' };
    const made = ['b1', 'b2'].map(id =>
      json({ dashboard: dashboard({ state: 'building', liveVersion: null }), build: build({ id }) }, 201)
    );
    service.answer('POST api/v1/dashboards', ...made.slice(0, 1), json({ error: gone }, 409), ...made.slice(1));
    service.answer('DELETE api/v1/dashboards/d1', html(204));
    service.answer('GET api/v1/builds/b2/events', new EventSourceReply());
    show();
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    await act(() => manager.remove('d1'));
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(screen.queryByRole('alert')).toBeNull();
    const keys = service.askedFor('POST api/v1/dashboards').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('needs nothing but Publish, and has its link at once', async () => {
    show();
    const publish = await button('Publish');
    expect(screen.queryByLabelText('What is new (optional)')).toBeNull();
    fireEvent.click(publish);
    const link = await screen.findByText('https://hub.example.org/services/dashboards/d/sales');
    expect(link.getAttribute('rel')).toContain('noopener');
    expect(service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({ name: 'Sales' });
    expect(screen.getByText('Waiting for its turn…')).toBeTruthy();
  });

  it('says what it was recognised as, and why', async () => {
    show();
    expect(((await screen.findByLabelText('Framework')) as HTMLSelectElement).value).toBe('streamlit');
    expect(screen.getByText(/app\.py imports streamlit \(line 1\)/)).toBeTruthy();
  });

  it('is published with Enter in the form', async () => {
    show();
    fireEvent.submit((await screen.findByLabelText('Name')).closest('form') as HTMLFormElement);
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards')).toHaveLength(1);
  });

  it('is not sent while something is missing, and says what', async () => {
    show();
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: '' } });
    fireEvent.click(await button('Publish'));
    await screen.findByText('Give the dashboard a name.');
    expect(service.asked).toHaveLength(0);
  });

  it('asks for a command only where one is needed', async () => {
    show();
    const select = await screen.findByLabelText('Framework');
    expect(screen.queryByLabelText('Command')).toBeNull();
    fireEvent.change(select, { target: { value: 'command' } });
    fireEvent.change(await screen.findByLabelText('Command'), { target: { value: 'python app.py {port}' } });
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({
      framework: 'command',
      command: 'python app.py {port}'
    });
  });

  it('shows audiences that are off with the reason and the way out', async () => {
    const sharingOff = { code: 'sharing_needs_isolation' as const, message: 'Sharing is off.', fix: 'Set an origin.' };
    show({ whoami: whoami({ audiences: ['owner'], sharingOff }) });
    expect(((await screen.findByLabelText('Everyone signed in')) as HTMLInputElement).disabled).toBe(true);
    expect(screen.getByText('Sharing is off.')).toBeTruthy();
    expect(screen.getByText('Set an origin.')).toBeTruthy();
  });

  it('sends people and groups as typed', async () => {
    show();
    fireEvent.click(await screen.findByLabelText('People and groups'));
    fireEvent.change(await screen.findByLabelText('People'), { target: { value: 'bob, carol' } });
    fireEvent.click(await button('Publish'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards')[0]?.body).toMatchObject({
      audience: { kind: 'people', users: ['bob', 'carol'], groups: [] }
    });
  });

  it('keeps what was typed when the service refuses', async () => {
    service.answer(
      'POST api/v1/dashboards',
      json({ error: { code: 'invalid_request', message: 'No.', fix: 'Do this.' } }, 400)
    );
    show();
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Figures' } });
    fireEvent.click(await button('Publish'));
    expect((await screen.findByRole('alert')).textContent).toContain('Do this.');
    expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('Figures');
  });

  it('can have its entry chosen where a folder was clicked', async () => {
    const [first] = target().candidates;
    show({
      target: target({
        wholeFolder: true,
        candidates: [...(first ? [first] : []), { entry: 'b.ipynb', detection: null }]
      })
    });
    fireEvent.change(await screen.findByLabelText('Starts with'), { target: { value: 'b.ipynb' } });
    expect(screen.getByText('JupyterLab does not recognise how b.ipynb is run.')).toBeTruthy();
  });
});

describe('a build under way', () => {
  it('shows stages and log as they come', async () => {
    show();
    fireEvent.click(await button('Publish'));
    events.send(stateEvent(1, { state: 'copy' }), 1);
    events.send(logEvent(2, 'copied 3 files'), 2);
    await screen.findByText('Copying the files…');
    expect(screen.getByText('Copy').getAttribute('aria-current')).toBe('step');
    expect((await screen.findByLabelText('Log')).textContent).toBe('copied 3 files');
    events.send(stateEvent(3, { state: 'live' }), 3);
    await screen.findByText('Version 1 is live.');
    expect(screen.queryByText('Cancel publishing')).toBeNull();
  });

  it('is cancelled only by its own button, never by closing', async () => {
    service.answer('POST api/v1/builds/b1/cancel', json({}));
    show();
    fireEvent.click(await button('Publish'));
    const cancel = await button('Cancel publishing');
    fireEvent.click(await button('Close'));
    expect(closed).toBe(1);
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

describe('a file that is published already', () => {
  it('shows link and state, and is updated with one click', async () => {
    await showPublished();
    expect(screen.getByText('Running')).toBeTruthy();
    fireEvent.click(await button('Update'));
    await screen.findByText('Waiting for its turn…');
    expect(service.askedFor('POST api/v1/dashboards/d1/versions')[0]?.body).toEqual({});
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
    expect(bodies).toEqual([{ message: 'Third quarter' }, { message: 'Third quarter' }]);
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
