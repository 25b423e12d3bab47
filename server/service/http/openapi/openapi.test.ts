import { Value } from 'typebox/value';

import { ErrorReply, type BuildReply } from '../../../contract';
import * as contract from '../../../contract';
import { Browser } from '../../testing/browser';
import { addUser } from '../../testing/fake-hub';
import { PREFIX, PUBLISH, startTestService, type TestService } from '../../testing/test-service';
import { OPERATIONS } from './operations';

interface Route {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; description?: string }[];
  requestBody?: { content: { 'application/json': { schema: { $ref: string }; example: object } } };
  responses: Record<string, { description: string }>;
  security: object[];
}
interface Schema {
  description?: string;
  $ref?: string;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  items?: Schema;
}
interface Document {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Route>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

let test: TestService;
let alice: string;
/** Alice's cookies. */
let cookie: string;
let document: Document;
let id: string;
let build: string;

beforeAll(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  document = (await test.call<Document>(null, 'GET', 'api/v1/openapi.json')).body;
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
  id = body.dashboard.id;
  build = body.build.id;
  const browser = new Browser(test);
  await browser.signIn('alice');
  cookie = browser.cookieHeader;
});
afterAll(() => test.stop());

const routes = () =>
  Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({
        method: method.toUpperCase(),
        path: path.slice(`${PREFIX}api/v1/`.length),
        route
      }))
    )
    // What deletes comes last: the others need something to work on.
    .sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));

const isSentence = (text: string | undefined) => text !== undefined && /^[`A-Z].*\.$/.test(text);

describe('the API document', () => {
  it('describes every route of the API, and no other', () => {
    expect(
      routes()
        .map(({ method, path }) => `${method} ${path}`)
        .sort()
    ).toEqual(Object.keys(OPERATIONS).sort());
    const ids = routes().map(({ route }) => route.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { route } of routes()) {
      expect(route.summary).toMatch(/^[A-Z]/);
      expect(Object.keys(route.responses).filter(status => !/^\d{3}$/.test(status))).toEqual([]);
    }
  });

  it('is of the version that runs, and refers to nothing that is not in it', async () => {
    const { body } = await test.call<{ version: string }>(null, 'GET', 'api/v1/health');
    expect([document.openapi, document.info.version]).toEqual(['3.1.0', body.version]);
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter(name => !name || !(name in document.components.schemas))).toEqual([]);
    // Shapes within shapes are named as well, also where a place says more of one.
    const { BuildReply, PublishRequest } = document.components.schemas;
    const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    expect(BuildReply?.properties).toEqual({ dashboard: refTo('Dashboard'), build: refTo('Build') });
    expect(PublishRequest?.properties?.audience).toEqual({
      ...refTo('Audience'),
      description: expect.stringContaining('defaultAudience')
    });
  });

  it('says of each shape, each of its fields and each parameter what it means', () => {
    const mute: string[] = [];
    let fields = 0;
    const look = (schema: Schema, path: string): void => {
      for (const [name, field] of Object.entries(schema.properties ?? {})) {
        fields += 1;
        const words = field.$ref ? document.components.schemas[field.$ref.split('/').at(-1) ?? ''] : field;
        if (!isSentence(field.description ?? words?.description)) {
          mute.push(`${path}.${name}`);
        }
        look(field, `${path}.${name}`);
      }
      schema.anyOf?.forEach((shape, index) => {
        if (shape.properties && !isSentence(shape.description)) {
          mute.push(`${path}.${index}`);
        }
        look(shape, `${path}.${index}`);
      });
      if (schema.items) {
        look(schema.items, `${path}[]`);
      }
    };
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (!isSentence(schema.description)) {
        mute.push(name);
      }
      look(schema, name);
    }
    for (const { method, path, route } of routes()) {
      for (const { name, description } of route.parameters ?? []) {
        if (!isSentence(description)) {
          mute.push(`${method} ${path} ${name}`);
        }
      }
    }
    expect(mute).toEqual([]);
    expect(fields).toBeGreaterThan(120);
  });

  it('lists for each way to read a log what that way looks at', () => {
    const queries = routes().filter(({ path }) => path.includes('logs'));
    expect(
      queries.map(({ path, route }) => [
        path.split('/').at(-1),
        (route.parameters ?? [])
          .filter(one => one.in === 'query')
          .map(({ name }) => name)
          .sort()
      ])
    ).toEqual([
      ['logs', ['before', 'limit', 'search', 'version']],
      ['download', ['search', 'version']],
      ['events', ['limit', 'search', 'version']]
    ]);
  });

  it('says which proof of who calls each route takes', () => {
    const [token, page] = [{ token: [] }, { cookie: [], xsrf: [] }];
    const changedByPages = ['startDashboard', 'stopDashboard', 'changeDashboard', 'deleteDashboard'];
    for (const { method, path, route } of routes()) {
      const open = !route.responses['401'];
      const reads = path === 'metrics' ? [token] : [token, { cookie: [] }];
      const changes = changedByPages.includes(route.operationId) ? [token, page] : [token];
      expect([path, route.security]).toEqual([path, open ? [] : method === 'GET' ? reads : changes]);
    }
    expect(Object.keys(document.components.securitySchemes)).toEqual(['token', 'cookie', 'xsrf']);
  });

  it('has examples that are right', () => {
    const shapes = contract as unknown as Record<string, contract.PublishRequest>;
    for (const { route } of routes()) {
      const body = route.requestBody?.content['application/json'];
      const name = body?.schema.$ref.split('/').at(-1) ?? '';
      if (body) {
        expect([name, Value.Check(shapes[name] as object, body.example)]).toEqual([name, true]);
      }
    }
  });
});

const IDS = ['x', '..%2f..%2fetc', '%00', '%ff', '%F0%9F%92%A5', "'%20or%201=1--", '__proto__', 'a'.repeat(301), ' '];
const QUERIES = ['', ' ', '-1', '0', '9'.repeat(15), '9'.repeat(40), '%00', '%ff', 'constructor', "'", 'x'.repeat(700)];
const HEADERS: Record<string, string[]> = {
  'last-event-id': ['0', '-1', '9'.repeat(20), '9'.repeat(21), 'x', "' or 1=1"],
  'idempotency-key': ['', ' ', 'k'.repeat(201), '\xe4', '"quoted"'],
  authorization: ['token', 'token ', 'Basic eDp5', `token ${'x'.repeat(501)}`, 'token a b', 'Bearer \xff']
};
const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense', ''];
const BODIES = ['', '{', 'null', '[]', '"x"', '1e999', '{"__proto__":{"admin":true}}', `${'['.repeat(5_000)}`, '\0'];
const VALUES: unknown[] = [null, 1, '', ' ', [], {}, true, 'x'.repeat(5_000), '\u0000', '\ud800', ['x'], { kind: 'x' }];

/** In place of any text of a body, however deep it lies. */
const TEXTS = ['\ud800', 'x\udc00', '.', '..', '../..', '\u0000', '%2e%2e', '?', '#'];

interface Attempt {
  path: string;
  headers?: Record<string, string>;
  body?: string;
  type?: string;
}

/** Every route with each hostile value in each place, one at a time. */
function attempts(method: string, path: string, route: Route): Attempt[] {
  const real = path.replace('{id}', path.startsWith('builds') ? build : id);
  const example = route.requestBody?.content['application/json'].example;
  const valid = example ? { body: JSON.stringify(example), type: 'application/json' } : {};
  const named = (place: string) => (route.parameters ?? []).filter(one => one.in === place).map(({ name }) => name);
  return [
    { path: real, ...valid },
    ...(path.includes('{id}') ? IDS.map(value => ({ path: path.replace('{id}', value), ...valid })) : []),
    ...named('query').flatMap(name => QUERIES.map(value => ({ path: `${real}?${name}=${value}` }))),
    ...named('query').map(name => ({ path: `${real}?${name}=1&${name}=2` })),
    { path: `${real}?unknown=1`, ...valid },
    ...named('header').flatMap(name =>
      (HEADERS[name] ?? []).map(value => ({ path: real, headers: { [name]: value }, ...valid }))
    ),
    ...(method === 'GET'
      ? []
      : [
          ...BODIES.map(body => ({ path: real, body, type: 'application/json' })),
          ...TYPES.map(type => ({ path: real, body: valid.body ?? 'x=1', type })),
          { path: real, body: `"${'x'.repeat(300_000)}"`, type: 'application/json' },
          ...TEXTS.flatMap(text => bodiesWith(example, text)).map(value => ({
            path: real,
            body: JSON.stringify(value),
            type: 'application/json'
          })),
          ...Object.keys(example ?? {}).flatMap(field =>
            VALUES.map(value => ({
              path: real,
              body: JSON.stringify({ ...example, [field]: value }),
              type: 'application/json'
            }))
          )
        ])
  ];
}

/** The body with each of its texts replaced, one at a time. */
function bodiesWith(body: unknown, text: string): unknown[] {
  if (typeof body === 'string') {
    return [text];
  }
  return body !== null && typeof body === 'object'
    ? Object.entries(body).flatMap(([key, part]) =>
        bodiesWith(part, text).map(other =>
          Array.isArray(body) ? body.with(Number(key), other) : { ...body, [key]: other }
        )
      )
    : [];
}

async function send(method: string, proof: Record<string, string>, { path, headers, body, type }: Attempt) {
  const ending = new AbortController();
  const reply = await fetch(`${test.origin}${PREFIX}api/v1/${path}`, {
    method,
    body: body ?? null,
    redirect: 'manual',
    signal: ending.signal,
    headers: {
      ...proof,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...headers
    }
  });
  // Streams do not end by themselves.
  const text = reply.status < 400 && reply.headers.get('content-type')?.includes('event') ? '' : await reply.text();
  ending.abort();
  return { status: reply.status, text };
}

/** The code of an error, or the empty text where the reply has not the shape of one. */
function codeOf(text: string): string {
  const body: unknown = JSON.parse(text);
  return Value.Check(ErrorReply, body) ? body.error.code : '';
}

describe('hostile values, in any place of any route', () => {
  it.each(['nobody', 'a page of another site', 'a page of ours', 'a stranger', 'the owner'] as const)(
    'get %s one of the answers that the document lists, and no failure',
    async who => {
      const proof: Record<string, string> = {
        nobody: {},
        'a page of another site': { cookie, 'sec-fetch-site': 'cross-site' },
        'a page of ours': { cookie, 'sec-fetch-site': 'same-origin' },
        'a stranger': { authorization: 'token bob-token' },
        'the owner': { authorization: `token ${alice}` }
      }[who];
      const wrong: unknown[] = [];
      let count = 0;
      for (const { method, path, route } of routes()) {
        for (const attempt of attempts(method, path, route)) {
          count += 1;
          const { status, text } = await send(method, proof, attempt);
          const listed = route.responses[status]?.description.split(', ');
          if (status >= 500 || !(status < 400 ? listed : listed?.includes(codeOf(text)))) {
            wrong.push([method, attempt.path.slice(0, 80), attempt.type, attempt.body?.slice(0, 80), status, text]);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(300);
    },
    120_000
  );

  it('in the header that says who calls are answered like nobody', async () => {
    for (const value of HEADERS.authorization ?? []) {
      for (const { method, path, route } of routes()) {
        const real = path.replace('{id}', id);
        const { status } = await send(method, {}, { path: real, headers: { authorization: value } });
        expect([method, path, status]).toEqual([method, path, route.responses['401'] ? 401 : 200]);
      }
    }
  });
});
