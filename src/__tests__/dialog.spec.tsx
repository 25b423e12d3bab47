import { screen, waitFor } from '@testing-library/dom';

import type { DashboardManager } from '../dashboards/manager';
import { showPublishDialog } from '../publish/dialog';
import { createManager } from './fake-manager';
import { EventSourceReply, FakeService, json } from './fake-service';
import { build, dashboard, folders, plan, target, whoami } from './samples';

let service: FakeService;
let manager: DashboardManager;
let events: EventSourceReply;

beforeEach(() => {
  service = new FakeService();
  events = new EventSourceReply();
  service.answer('GET api/v1/events', events);
  manager = createManager(service);
});

afterEach(() => manager.dispose());

function show(): Promise<void> {
  const frameworks = [{ id: 'streamlit' as const, title: 'Streamlit' }];
  const load = async () => ({
    target: target(),
    folders,
    whoami: whoami(),
    frameworks,
    mine: [],
    notes: [],
    defaultAudience: 'owner' as const,
    readPlan: async () => plan(),
    git: null,
    gitProblem: null,
    credentials: []
  });
  return showPublishDialog({ dashboards: manager, load, trans: service.connection.trans });
}

function press(key: string): void {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}

/** The dialog's main button, once it has the focus. */
async function focused(): Promise<Element> {
  const publish = await screen.findByRole('button', { name: 'Publish', hidden: true });
  await waitFor(() => expect(document.activeElement).toBe(publish));
  return publish;
}

describe('the dialog', () => {
  it('opens with the focus on Publish, so that Enter is all it takes', async () => {
    const closed = show();
    expect((await focused()).getAttribute('type')).toBe('submit');
    press('Escape');
    await closed;
  });

  it('stays open on Enter, which belongs to the form', async () => {
    const closed = show();
    await focused();
    press('Enter');
    expect(screen.getByRole('button', { name: 'Publish', hidden: true })).toBeTruthy();
    press('Escape');
    await closed;
  });

  it('closes with Escape even after the focused control was disabled', async () => {
    const closed = show();
    await focused();
    (document.activeElement as HTMLElement).blur();
    expect(document.activeElement).toBe(document.body);
    press('Escape');
    await closed;
    expect(screen.queryByRole('button', { name: 'Publish', hidden: true })).toBeNull();
  });

  it('stops listening to the service when it closes, and leaves the build alone', async () => {
    service.answer('POST api/v1/dashboards', json({ dashboard: dashboard(), build: build() }, 201));
    service.answer('GET api/v1/builds/b1/events', new EventSourceReply());
    const closed = show();
    ((await focused()) as HTMLElement).click();
    await screen.findByText('Waiting for its turn…');
    press('Escape');
    await closed;
    await waitFor(() => expect(service.askedFor('GET api/v1/events')).toHaveLength(1));
    expect((await manager.follow(build())).isDisposed).toBe(false);
    expect(service.asked.map(({ path }) => path)).not.toContain('api/v1/builds/b1/cancel');
  });
});
