import type { BuildReply, ErrorReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let id: string;

beforeAll(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
  id = body.dashboard.id;
});
afterAll(() => test.stop());

async function refusal(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await test.call<ErrorReply>(alice, method, `api/v1/${path}`, body, headers);
  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request']);
  return [answer.body.error.message, answer.body.error.fix];
}

const people = (users: unknown, groups: unknown = []) => ({ kind: 'people', users, groups });
const { source } = PUBLISH;

describe('a body that does not fit is answered with the place, what is expected, and what to do:', () => {
  it.each<[what: string, change: object, says: string, fix: string]>([
    [
      'an audience of too many people',
      { audience: people(Array.from({ length: 5_000 }, (_, at) => `user${at}`)) },
      'body.audience.users must not have more than 500 entries',
      'Leave some out; a group stands for all its members.'
    ],
    [
      'a name in it that is too long',
      { audience: people(['bob', 'x'.repeat(300)]) },
      'body.audience.users.1 must not have more than 255 characters',
      'Shorten it.'
    ],
    ...['\ud800', 'x\udc00', '.', '..'].map((name): [string, object, string, string] => [
      `the name ${JSON.stringify(name)} in it`,
      { audience: people([], ['staff', name]) },
      'body.audience.groups.1 has to be a name as the Hub has it: of whole characters, and neither `.` nor `..`',
      'Correct it and try again.'
    ]),
    ['an empty name in it', { audience: people([], ['']) }, 'body.audience.groups.0 is empty', 'Give it a value.'],
    [
      'people that are not named',
      { audience: { kind: 'people' } },
      'body.audience lacks the field "users"',
      'Add it and try again.'
    ],
    [
      'an audience that there is not',
      { audience: { kind: 'evryone' } },
      'body.audience.kind must be one of: owner, people, everyone',
      'Choose one of: owner, people, everyone.'
    ],
    [
      'an audience that is no object',
      { audience: 'everyone' },
      'body.audience must be one of: {"kind":"owner"}, {"kind":"people"}, {"kind":"everyone"}',
      'Choose one of: {"kind":"owner"}, {"kind":"people"}, {"kind":"everyone"}.'
    ],
    [
      'a field that goes with another audience',
      { audience: { kind: 'everyone', users: [] } },
      'body.audience has the unknown field "users"',
      'It may have these fields: kind.'
    ],
    [
      'an unknown field of the source',
      { source: { ...source, evil: true } },
      'body.source has the unknown field "evil"',
      'It may have these fields: kind, root, entry, scope, live.'
    ],
    [
      'a scope that there is not',
      { source: { ...source, scope: 'all' } },
      'body.source.scope must be one of: folder, file',
      'Choose one of: folder, file.'
    ],
    [
      'a kind of source that there is not',
      { source: { ...source, kind: 'zip' } },
      'body.source.kind must be one of: files, git',
      'Choose one of: files, git.'
    ],
    [
      'an unknown field',
      { audiance: 1 },
      'body has the unknown field "audiance"',
      'It may have these fields: source, place, framework, command, message, name, description, audience.'
    ],
    ['no name', { name: undefined }, 'body lacks the field "name"', 'Add it and try again.'],
    ['a name that is a number', { name: 5 }, 'body.name must be string', 'Correct it and try again.'],
    ['a long name', { name: 'x'.repeat(201) }, 'body.name must not have more than 200 characters', 'Shorten it.']
  ])('%s', async (_, change, says, fix) => {
    const answer = await refusal('POST', 'dashboards', { ...PUBLISH, name: 'Other', ...change });
    expect(answer).toEqual([`The request is not valid: ${says}.`, fix]);
  });

  it('a change of nothing', async () => {
    expect(await refusal('PATCH', `dashboards/${id}`, {})).toEqual([
      'The request is not valid: body is empty.',
      'It may have these fields: name, description, audience.'
    ]);
  });

  it('a key that cannot be written down', async () => {
    const [message] = await refusal('POST', 'dashboards', PUBLISH, { 'idempotency-key': 'k\xe4' });
    expect(message).toBe(
      'The request is not valid: "idempotency-key" in the headers has to be made of letters, digits and signs of ASCII.'
    );
  });
});

describe('a query that does not fit is answered in words:', () => {
  it.each([
    ['dashboards?limit=0', '"limit" in the query has to be a whole number from 1 to 200'],
    ['dashboards?filter=bogus', '"filter" in the query must be one of: mine, shared, all'],
    ['dashboards?filter=mine&sort=name', 'the query has the unknown field "sort"'],
    ['dashboards/{id}/logs?version=one', '"version" in the query has to be the number of a version'],
    ['dashboards/{id}/logs?limit=1001', '"limit" in the query has to be a whole number from 1 to 1000'],
    ['dashboards/{id}/logs?before=0', '"before" in the query has to be the number of a line']
  ])('%s', async (path, says) => {
    const [message, fix] = await refusal('GET', path.replace('{id}', id));
    expect(message).toBe(`The request is not valid: ${says}.`);
    expect(fix).toMatch(/\.$/);
  });
});
