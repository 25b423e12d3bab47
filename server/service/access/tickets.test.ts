import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Audience, TicketClaims } from '../../contract';
import type { DashboardRecord } from '../dashboards/dashboard';
import { createDashboardStore } from '../db/dashboard-store';
import { openDatabase } from '../db/open';
import type { Database } from '../db/tables';
import { createViewerStore } from '../db/viewer-store';
import { errorOf, problem } from '../errors';
import { dashboardRecordOf } from '../testing/records';
import type { HubPeople } from './hub-people';
import { createIdentities, HUB_AWAY_MS } from './identities';
import { loadKeys } from './keys';
import type { ViewerStore } from './store';
import { createTickets, type Tickets } from './tickets';
import { createViewers } from './viewers';

/** Time between two heartbeats of a runner. */
const BEAT_MS = 4_001;
const STAFF: Audience = { kind: 'people', users: [], groups: ['staff'] };

let folder: string;
let db: Database;
let store: ViewerStore;
let tickets: Tickets;
let dashboard: DashboardRecord;
let now: number;
/** The Hub's users that are signed in, with their groups. */
let people: Map<string, string[]>;
let away: boolean;
/** Of whom the Hub was asked. */
let asked: string[];

/** A stand-in for the Hub: hundreds of people sign in and out there. */
const hub = {
  async identity(token) {
    asked.push(token);
    if (away) {
      throw errorOf(problem('hub_unavailable', 'away', 'wait'), 503);
    }
    const groups = people.get(token);
    return groups ? { kind: 'user', name: token, admin: false, groups, scopes: [] } : null;
  }
} as Partial<HubPeople> as HubPeople;

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** As when the service is started. */
function begin(): void {
  const clock = () => now;
  const keys = loadKeys(join(folder, 'a.key'));
  const identities = createIdentities(hub, clock);
  tickets = createTickets({
    store,
    viewers: createViewers({ store, hub, identities, keys, clock }),
    keys,
    clock,
    log
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-tickets-'));
  db = await openDatabase(join(folder, 'a.sqlite'));
  store = createViewerStore(db);
  now = Date.parse('2030-01-01T00:00:00Z');
  people = new Map();
  away = false;
  asked = [];
  begin();
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

async function published(audience: Audience, id = 'd1'): Promise<DashboardRecord> {
  const made = dashboardRecordOf(id, { audience });
  await createDashboardStore(db).create(made.dashboard, made.nameKey, made.version, made.build);
  return made.dashboard;
}

/** Signs people in, who open the dashboard one after the other. @returns their sessions at its runner, in this order */
async function open(count: number, groups = ['staff'], prefix = 'viewer'): Promise<string[]> {
  const sessions: string[] = [];
  for (let n = 0; n < count; n++) {
    const name = `${prefix}${n}`;
    people.set(name, groups);
    const token = loadKeys(join(folder, 'a.key')).seal(name);
    await store.addSession({ id: `of ${name}`, viewer: name, token, hubSession: '', createdAt: now });
    sessions.push(await look(dashboard, name));
  }
  return sessions;
}

async function look(at: DashboardRecord, name: string): Promise<string> {
  const viewer = { name, admin: false, groups: people.get(name) ?? [] };
  const ticket = await tickets.issue(at, 's1', { sessionId: `of ${name}`, viewer }, 'flow');
  return (JSON.parse(Buffer.from(ticket.split('.')[0] ?? '', 'base64url').toString()) as TicketClaims).id;
}

/** Sends heartbeats until one of them names sessions that have ended. @returns these, and after how many */
async function beats(sessions: string[], most: number): Promise<{ ended: string[]; after: number }> {
  for (let after = 1; after <= most; after++) {
    now += BEAT_MS;
    const { ended } = await tickets.ended(dashboard, sessions);
    if (ended.length > 0) {
      return { ended, after };
    }
  }
  return { ended: [], after: most };
}

describe('of more people than the Hub can be asked about at once, the last one', () => {
  const leaves: [string, Audience, (name: string) => unknown][] = [
    ['leaves the group', STAFF, name => people.set(name, [])],
    ['signs out', STAFF, name => people.delete(name)],
    ['signs out where everyone may look', { kind: 'everyone' }, name => people.delete(name)]
  ];
  it.each(leaves)('%s: out with the next heartbeat', async (_what, audience, leave) => {
    dashboard = await published(audience);
    const sessions = await open(120);
    await beats(sessions, 2);
    leave('viewer119');
    expect(await beats(sessions, 1)).toEqual({ ended: sessions.slice(-1), after: 1 });
  });

  it.each(leaves)('%s: out after a few, where they are very many', async (_what, audience, leave) => {
    dashboard = await published(audience);
    const sessions = await open(450);
    await beats(sessions, 1);
    leave('viewer449');
    const { ended, after } = await beats(sessions, 3);
    expect([ended, after <= 3]).toEqual([sessions.slice(-1), true]);
  });
});

describe('the Hub', () => {
  it('is asked about 50 in a second on average, and about each of them once a minute, however many look', async () => {
    dashboard = await published(STAFF);
    const sessions = await open(600);
    for (let beat = 0; beat < 3; beat++) {
      now += BEAT_MS;
      await tickets.ended(dashboard, sessions);
    }
    expect(asked.length).toBeLessThanOrEqual(200 + 3 * 201);
    expect(new Set(asked).size).toBe(600);
  });

  it('is asked about everybody once a minute where the average would not do', async () => {
    dashboard = await published(STAFF);
    const busy = await open(200);
    const late = await open(60, ['staff'], 'late');
    for (let at = 0; at < 60_000; at += BEAT_MS) {
      now += BEAT_MS;
      await tickets.ended(dashboard, busy);
      await tickets.ended(dashboard, late);
    }
    people.delete('late59');
    const until = now + 60_000 + BEAT_MS;
    let ended: string[] = [];
    while (ended.length === 0 && now < until) {
      now += BEAT_MS;
      await tickets.ended(dashboard, busy);
      ({ ended } = await tickets.ended(dashboard, late));
    }
    expect(ended).toEqual(late.slice(-1));
  });

  it('spends nothing on what it has just said', async () => {
    dashboard = await published(STAFF);
    const first = await open(190);
    const second = await open(10, ['staff'], 'late');
    now += BEAT_MS;
    for (let n = 0; n < 5; n++) {
      await tickets.ended(dashboard, first);
    }
    people.delete('late9');
    expect((await tickets.ended(dashboard, second)).ended).toEqual(second.slice(-1));
  });
});

describe('a changed audience', () => {
  it('ends the sessions of those who look now, however many old ones there are', async () => {
    dashboard = await published(STAFF);
    await open(300, ['staff'], 'old');
    now += 24 * 3_600_000;
    const sessions = await open(120);
    await beats(sessions, 2);
    dashboard = { ...dashboard, audience: { kind: 'people', users: [], groups: ['other'] } };
    expect(await tickets.review(dashboard)).toEqual(expect.arrayContaining(sessions));
  });

  it('ends at once whoever was taken out by name, though the Hub says nothing of the groups', async () => {
    dashboard = await published({ kind: 'people', users: ['viewer119'], groups: ['staff'] });
    const sessions = await open(119);
    sessions.push(...(await open(1, [], 'named')));
    dashboard = { ...dashboard, audience: { kind: 'people', users: ['named0'], groups: ['staff'] } };
    expect((await beats(sessions, 1)).ended).toEqual([]);
    away = true;
    now += BEAT_MS;
    dashboard = { ...dashboard, audience: { kind: 'people', users: [], groups: ['staff'] } };
    expect(await tickets.review(dashboard)).toEqual(sessions.slice(-1));
    expect((await tickets.ended(dashboard, sessions)).ended).toEqual(sessions.slice(-1));
  });

  it('asks the Hub nothing where names decide', async () => {
    dashboard = await published({ kind: 'everyone' });
    const sessions = await open(3);
    now += BEAT_MS;
    dashboard = { ...dashboard, audience: { kind: 'people', users: ['viewer0'], groups: [] } };
    expect((await tickets.review(dashboard)).sort()).toEqual(sessions.slice(1).sort());
    expect(asked).toEqual([]);
  });
});

describe('while the Hub does not answer', () => {
  it.each<[string, Audience]>([
    ['of a group', STAFF],
    ['of everyone', { kind: 'everyone' }]
  ])('sessions %s go on for ten minutes, and no longer', async (_whose, audience) => {
    dashboard = await published(audience);
    const sessions = await open(3);
    await beats(sessions, 1);
    away = true;
    const until = now + HUB_AWAY_MS;
    while (now + BEAT_MS < until) {
      now += BEAT_MS;
      expect((await tickets.ended(dashboard, sessions)).ended).toEqual([]);
    }
    now += BEAT_MS;
    expect((await tickets.ended(dashboard, sessions)).ended).toEqual(sessions);
  });

  it('they do so, too, with a service that was started again and knows nobody yet', async () => {
    dashboard = await published(STAFF);
    const sessions = await open(3);
    away = true;
    now += BEAT_MS;
    begin();
    expect((await tickets.ended(dashboard, sessions)).ended).toEqual([]);
    now += HUB_AWAY_MS;
    expect((await tickets.ended(dashboard, sessions)).ended).toEqual(sessions);
  });

  it('whoever comes back to a page after long is asked about, however many others look', async () => {
    dashboard = await published(STAFF);
    const [idle = ''] = await open(1, ['staff'], 'idle');
    const busy = await open(200);
    now += 3 * HUB_AWAY_MS;
    await tickets.ended(dashboard, busy);
    expect((await tickets.ended(dashboard, [idle])).ended).toEqual([]);
    expect(asked).toContain('idle0');
  });
});
