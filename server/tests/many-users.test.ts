import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { Visitor } from './visitor';

/** More people than one page of the Hub's own lists holds (200). */
const PEOPLE = Array.from({ length: 450 }, (_, n) => `person-${n}`);
const GROUPS = Object.fromEntries(
  Array.from({ length: 30 }, (_, group) => [`team-${group}`, PEOPLE.filter((_, n) => n % 30 === group)])
);

let hub: TestHub;
let author: Author;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['person-0'],
    groups: GROUPS,
    config: 'c.Authenticator.allow_all = True\nc.JupyterHub.log_level = "INFO"'
  });
  author = await Author.of(hub, 'person-0');
  author.write('app/app.py', page('for many'));
});
afterAll(() => hub?.stop());

const request = (name: string, users: string[], groups: string[]) =>
  author.request(name, 'app', 'app.py', { audience: { kind: 'people', users, groups } });

const looks = (name: string, link: string) => new Visitor().openAs(name, link);

it('all 450 users in 30 groups are there', async () => {
  const { body } = await hub.api('GET', 'groups/team-29');
  expect((body as { users: string[] }).users.toSorted()).toEqual(GROUPS['team-29']?.toSorted());
  expect((await hub.api('GET', 'users/person-449')).status).toBe(200);
});

it('a dashboard for some groups and people is seen by them and by nobody else', async () => {
  const { link } = await author.live(request('Some', ['person-448', 'person-301'], ['team-7', 'team-29']));
  for (const name of ['person-7', 'person-427', 'person-449', 'person-448', 'person-301']) {
    const visitor = new Visitor();
    const seen = await eventually(async () => {
      const answer = await visitor.openAs(name, link);
      return answer.status === 200 && answer.text;
    }, 30_000);
    expect(seen).toBe('for many');
  }
  for (const name of ['person-8', 'person-428', 'person-447', 'person-300']) {
    expect((await looks(name, link)).status).toBe(404);
  }
});

it('an audience may name everybody one by one', async () => {
  const everybody = [PEOPLE.slice(1), Object.keys(GROUPS)] as const;
  const { id, link } = await author.live(request('All', ...everybody));
  expect((await author.dashboard(id)).audience).toEqual({
    kind: 'people',
    users: everybody[0],
    groups: everybody[1]
  });
  expect((await looks('person-449', link)).status).toBe(200);
});

it('names that the Hub does not know are found among hundreds of others', async () => {
  const audience = { audience: { kind: 'people', users: [...PEOPLE, 'person-450'], groups: ['team-29', 'team-30'] } };
  const { code, message } = await author.refused(
    'POST',
    'dashboards',
    author.request('Mistaken', 'app', 'app.py', audience)
  );
  expect([code, message]).toEqual(['audience_unknown', expect.stringContaining('user person-450, group team-30.')]);
});

it('whoever leaves a group is out within seconds', async () => {
  const { link } = await author.live(request('Team', [], ['team-3']));
  const visitor = new Visitor();
  const { url } = await eventually(async () => {
    const answer = await visitor.openAs('person-33', link);
    return answer.status === 200 && answer;
  }, 30_000);
  expect((await hub.api('DELETE', 'groups/team-3/users', { users: ['person-33'] })).status).toBeLessThan(300);
  await eventually(async () => (await visitor.open(url)).status !== 200, 20_000);
  expect((await visitor.open(link)).status).toBe(404);
});

it("the service asks for people one by one, and for the Hub's list of them only before it makes its database", () => {
  const log = hub.log();
  expect(log).toMatch(/GET \/hub\/api\/users\/person-449 \(dashboards@/);
  const lists = [...log.matchAll(/GET \/hub\/api\/((?:users|groups)(?:\?\S*)?) \(dashboards@/g)].map(
    ([, path]) => path
  );
  // The last one is empty.
  const offsets = Array.from({ length: 10 }, (_, n) => n * 50);
  const pages = offsets.map(offset => `users?include_stopped_servers=1&offset=${offset}&limit=50`);
  expect(lists).toEqual(pages);
});
