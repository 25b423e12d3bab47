import { fireEvent, screen, waitFor } from '@testing-library/react';

import { audience, audienceForm, splitNames, typedNames } from '../audience/audience-form';
import { showShareDialog } from '../audience/share-dialog';
import type { DashboardManager } from '../dashboards/manager';
import { createManager } from './fake-manager';
import { FakeService, html, json } from './fake-service';
import { dashboard, whoami } from './samples';

describe('names as they are typed', () => {
  it.each([
    ['', [], ''],
    ['bo', [], 'bo'],
    ['bob,', ['bob'], ''],
    ['bob, carol;da', ['bob', 'carol'], 'da'],
    ['bob, bob, ', ['bob'], '']
  ])('%j', (typed, finished, unfinished) => {
    expect(splitNames(typed)).toEqual({ finished, unfinished });
  });

  it('are the same audience again', () => {
    const people = { kind: 'people' as const, users: ['bob', 'Zoë Müller'], groups: ['finance'] };
    expect(audience(audienceForm(people))).toEqual(people);
    expect(splitNames(typedNames(['bob'], 'ca'))).toEqual({ finished: ['bob'], unfinished: 'ca' });
  });
});

describe('the share dialog', () => {
  let service: FakeService;
  let manager: DashboardManager;
  let closed: Promise<void>;

  beforeEach(() => {
    service = new FakeService();
    manager = createManager(service);
  });

  afterEach(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Close', hidden: true }));
    await closed;
    manager.dispose();
  });

  const shown = dashboard({ audience: { kind: 'people', users: ['bob'], groups: [] } });
  const button = (name: string) => screen.findByRole('button', { name, hidden: true });
  const people = () => screen.findByRole<HTMLInputElement>('textbox', { name: 'People', hidden: true });
  const chips = () => Array.from(document.querySelectorAll('.jp-DashboardsChip'), chip => chip.textContent);

  function show(): void {
    closed = showShareDialog({ dashboards: manager, dashboard: shown, trans: service.connection.trans });
  }

  it('adds a name as a chip and saves it', async () => {
    const changed = { ...shown, audience: { kind: 'people' as const, users: ['bob', 'carol'], groups: [] } };
    service.answer('PATCH api/v1/dashboards/d1', json({ dashboard: changed }));
    show();
    expect((await button('Save')).hasAttribute('disabled')).toBe(true);
    fireEvent.change(await people(), { target: { value: 'carol' } });
    fireEvent.keyDown(await people(), { key: 'Enter' });
    expect(chips()).toEqual(['bob', 'carol']);
    fireEvent.click(await button('Save'));
    await screen.findByText(/Saved\. It holds from now on/);
    expect(service.askedFor('PATCH api/v1/dashboards/d1')[0]?.body).toEqual({ audience: changed.audience });
  });

  it('takes a chip away, and gives the last one back to the field for correction', async () => {
    show();
    await people();
    fireEvent.click(await button('Remove bob'));
    expect(chips()).toEqual([]);
    fireEvent.change(await people(), { target: { value: 'carl,' } });
    fireEvent.keyDown(await people(), { key: 'Backspace' });
    expect((await people()).value).toBe('carl');
  });

  it('puts an unknown name beside the field, and keeps what was typed', async () => {
    const problem = {
      code: 'audience_unknown',
      message: 'This hub does not know: user carl.',
      fix: 'Check the spelling.'
    };
    service.answer('PATCH api/v1/dashboards/d1', json({ error: problem }, 400));
    show();
    fireEvent.change(await people(), { target: { value: 'carl' } });
    fireEvent.click(await button('Save'));
    await screen.findByText('This hub does not know: user carl. Check the spelling.');
    await waitFor(async () => expect((await people()).getAttribute('aria-invalid')).toBe('true'));
    expect([...chips(), (await people()).value].join(' ')).toContain('carl');
  });

  it('says why some audiences are off', async () => {
    const sharingOff = { code: 'sharing_needs_isolation' as const, message: 'Dashboards share the hub’s origin.' };
    service.answer('GET api/v1/whoami', json(whoami({ audiences: ['owner'], sharingOff })));
    show();
    await screen.findByText('Dashboards share the hub’s origin.');
    expect((await screen.findByLabelText('Everyone signed in')).hasAttribute('disabled')).toBe(true);
  });

  it('keeps the form when the service is away', async () => {
    service.answer('PATCH api/v1/dashboards/d1', html(503));
    show();
    fireEvent.click(await screen.findByLabelText('Only me'));
    fireEvent.click(await button('Save'));
    await screen.findByText('The dashboards service does not answer.');
    expect((await screen.findByLabelText<HTMLInputElement>('Only me')).checked).toBe(true);
  });
});
