import { act, fireEvent, screen, waitFor } from '@testing-library/react';

import { EventSourceReply, html, json } from './fake-service';
import { button, preparePublishing, type Publishing } from './publishing';
import { build, dashboard, target, whoami } from './samples';

let service: Publishing['service'];
let manager: Publishing['manager'];
let show: Publishing['show'];

beforeEach(() => {
  ({ service, manager, show } = preparePublishing());
});

afterEach(() => manager.dispose());

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
