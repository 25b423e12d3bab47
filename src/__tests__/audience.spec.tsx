import { act, fireEvent, screen, waitFor } from '@testing-library/react';

import { audience, audienceForm } from '../audience/audience-form';
import { allNames, finishedNames, typeNames } from '../audience/names';
import { showShareDialog } from '../audience/share-dialog';
import type { DashboardManager } from '../dashboards/manager';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { dashboard, whoami } from './samples';

describe('names as they are typed', () => {
  const known = ['R&D, Berlin', 'finance'];
  it.each([
    ['', [], ''],
    ['bo', [], 'bo'],
    ['bob,', ['bob'], ''],
    ['bob, carol;da', ['bob', 'carol'], 'da'],
    ['bob, bob, ', ['bob'], ''],
    ['bob, carol;dave\nbob,, ', ['bob', 'carol', 'dave'], ''],
    ['R&D,', [], 'R&D,'],
    ['R&D, Berlin', [], 'R&D, Berlin'],
    ['R&D, Berlin, finance,', ['R&D, Berlin', 'finance'], ''],
    ['"cn=bob,ou', [], '"cn=bob,ou'],
    ['"cn=bob,ou=x", carol', ['cn=bob,ou=x'], 'carol'],
    ['"cn=bob,ou=x"\nca', ['cn=bob,ou=x'], 'ca']
  ])('%j', (text, finished, unfinished) => {
    expect(typeNames(finishedNames([]), text, known)).toEqual({ finished, unfinished });
  });

  it('are all sent, whatever is in them', () => {
    expect(allNames({ finished: ['a, b'], unfinished: '"c; d"' })).toEqual(['a, b', 'c; d']);
    expect(allNames({ finished: ['bob'], unfinished: ' bob ' })).toEqual(['bob']);
    const people = { kind: 'people' as const, users: ['cn=bob,ou=x', 'Zoë Müller'], groups: ['R&D, Berlin'] };
    expect(audience(audienceForm(people))).toEqual(people);
  });
});

describe('the share dialog', () => {
  let service: FakeService;
  let manager: DashboardManager;
  let closed: Promise<void>;

  beforeEach(() => {
    service = new FakeService();
    service.answer('GET api/v1/events', new EventSourceReply());
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
  const groups = () => screen.findByRole<HTMLInputElement>('combobox', { name: 'Groups', hidden: true });
  const chips = () => Array.from(document.querySelectorAll('.jp-DashboardsChip'), chip => chip.textContent);

  function show(one = shown): void {
    closed = showShareDialog({ dashboards: manager, dashboard: one, trans: service.connection.trans });
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

  it('keeps names with commas whole: those that stand, a suggestion, one in quotes, and pasted lines', async () => {
    const named = { kind: 'people' as const, users: ['cn=bob,ou=x'], groups: ['R&D, Oslo'] };
    service.answer('GET api/v1/whoami', json(whoami({ groups: ['R&D, Berlin'] })));
    service.answer('PATCH api/v1/dashboards/d1', json({ dashboard: dashboard({ audience: named }) }));
    show(dashboard({ audience: named }));
    expect((await button('Save')).hasAttribute('disabled')).toBe(true);
    fireEvent.keyDown(await people(), { key: 'Backspace' });
    expect((await people()).value).toBe('"cn=bob,ou=x"');
    fireEvent.paste(await people(), { clipboardData: { getData: () => ', dave\nerin' } });
    fireEvent.change(await groups(), { target: { value: 'R&D, Berlin' } });
    fireEvent.keyDown(await groups(), { key: 'Enter' });
    fireEvent.click(await button('Save'));
    await screen.findByText(/Saved\./);
    expect(service.askedFor('PATCH api/v1/dashboards/d1')[0]?.body).toEqual({
      audience: { kind: 'people', users: ['cn=bob,ou=x', 'dave', 'erin'], groups: ['R&D, Oslo', 'R&D, Berlin'] }
    });
  });

  it('puts an unknown group beside the groups', async () => {
    const problem = {
      code: 'audience_unknown',
      message: 'This hub does not know: group stuff.',
      detail: 'group stuff'
    };
    service.answer('PATCH api/v1/dashboards/d1', json({ error: problem }, 400));
    show();
    fireEvent.change(await groups(), { target: { value: 'stuff' } });
    fireEvent.click(await button('Save'));
    await waitFor(async () => expect((await groups()).getAttribute('aria-invalid')).toBe('true'));
    expect((await people()).getAttribute('aria-invalid')).toBe('false');
    const described = document.getElementById((await groups()).getAttribute('aria-describedby') ?? '');
    expect(described?.textContent).toBe('This hub does not know: group stuff.');
  });

  describe('while another window changes the audience', () => {
    const names = { kind: 'people' as const, users: ['bob', 'carol'], groups: [] };
    const elsewhere = async (users: string[]) => {
      service.dashboards = [dashboard({ audience: { ...names, users } })];
      await act(() => manager.refreshMine());
    };

    it('follows, where the person has changed nothing', async () => {
      show(dashboard({ audience: names }));
      await people();
      await elsewhere(['bob']);
      expect(chips()).toEqual(['bob']);
      expect((await button('Save')).hasAttribute('disabled')).toBe(true);
      await screen.findByText(/changed in another window/);
    });

    it('adds and removes what the person does to what there is now', async () => {
      show(dashboard({ audience: names }));
      fireEvent.change(await people(), { target: { value: 'dave,' } });
      await elsewhere(['bob', 'erin']);
      expect(chips()).toEqual(['bob', 'erin', 'dave']);
      const audience = { ...names, users: ['bob', 'erin', 'dave'] };
      service.answer('PATCH api/v1/dashboards/d1', json({ dashboard: dashboard({ audience }) }));
      fireEvent.click(await button('Save'));
      await screen.findByText(/Saved\./);
      expect(service.askedFor('PATCH api/v1/dashboards/d1')[0]?.body).toEqual({ audience });
    });
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
