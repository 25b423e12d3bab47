import { XSRF, type BuildReply, type ErrorCode, type ErrorReply } from '../../contract';
import { Browser } from '../../service/testing/browser';
import { addUser } from '../../service/testing/fake-hub';
import { startRunners } from '../../service/testing/fake-runner';
import { eventually, PUBLISH, type Reply, type TestService } from '../../service/testing/test-service';
import { startUnwritableService } from '../../service/testing/unwritable';

type Answer = Pick<Reply<ErrorReply>, 'status' | 'body'>;

interface Refusal {
  title: string;
  config?: Parameters<typeof startUnwritableService>[0];
  ask: () => Promise<Answer>;
  status: number;
  code: ErrorCode;
  message: string | RegExp;
  fix: string | RegExp;
}

let test: TestService;
let setWritable: (writable: boolean) => void;
let alice: string;
let bob: string;

async function begin(config: Refusal['config'] = {}): Promise<void> {
  ({ test, setWritable } = await startUnwritableService(config));
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
}
afterEach(() => test.stop());

const api = (token: string | null, method: string, path: string, body?: object, headers?: Record<string, string>) =>
  test.call<ErrorReply>(token, method, `api/v1/${path}`, body, headers);
const publish = (changes: object = {}, token = alice, headers?: Record<string, string>) =>
  api(token, 'POST', 'dashboards', { ...PUBLISH, ...changes }, headers);
const made = async (changes: object = {}): Promise<string> => {
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, ...changes });
  return body.dashboard.id;
};
/** A dashboard that works. */
const working = async (): Promise<string> => {
  const runners = startRunners(test);
  const id = await made();
  await (await eventually(() => runners[0])).build();
  return id;
};
/** Whoever holds a token with these scopes. */
const holding = (...scopes: string[]): string => {
  test.hub.tokens.set('another-token', { name: 'alice', scopes });
  return 'another-token';
};
/** A change that a page asks for by cookie. */
async function fromPage(method: string, path: string, site: string): Promise<Answer> {
  const browser = new Browser(test);
  await browser.signIn('alice');
  const token = (await browser.xsrf()) ?? 'none';
  const headers = { accept: 'application/json', 'sec-fetch-site': site, [XSRF.header]: token };
  const { status, text } = await browser.send(method, `api/v1/${path}`, headers);
  return { status, body: JSON.parse(text) as ErrorReply };
}

const REFUSALS: Refusal[] = [
  {
    title: 'a call without a token',
    ask: () => api(null, 'GET', 'whoami'),
    status: 401,
    code: 'not_signed_in',
    message: 'You are not signed in to JupyterHub, or no longer.',
    fix: 'Sign in to JupyterHub and reload this page.'
  },
  {
    title: 'a token of a service',
    ask: () => {
      test.hub.tokens.set('nightly-token', { kind: 'service', name: 'nightly', scopes: [] });
      return api('nightly-token', 'GET', 'dashboards');
    },
    status: 401,
    code: 'not_signed_in',
    message: 'This token belongs to the service nightly, and dashboards belong to users.',
    fix: /^Use the token of a user/
  },
  {
    title: 'half a character in a description',
    ask: () => publish({ description: 'Prices \ud800' }),
    status: 400,
    code: 'invalid_request',
    message: 'The description must not contain half a character.',
    fix: /^Type it anew/
  },
  {
    title: 'a token without the scope of the service',
    ask: () => api(holding('self'), 'GET', 'whoami'),
    status: 403,
    code: 'scope_missing',
    message: 'This token may not use the dashboards service.',
    fix: /^Use a token with the scope access:services!service=dashboards\. In JupyterLab: restart your server once/
  },
  {
    title: "the token of somebody else's server",
    ask: () => api(holding('access:services!service=dashboards', 'access:servers!server=bob/'), 'GET', 'whoami'),
    status: 403,
    code: 'foreign_server',
    message: 'You are working in the server of bob, where nothing can be published as alice.',
    fix: 'Open your own JupyterLab and publish from there.'
  },
  {
    title: 'a change that a page of another origin asks for',
    config: { dashboardsOrigin: 'http://dash.example.org' },
    ask: async () => fromPage('POST', `dashboards/${await made()}/stop`, 'cross-site'),
    status: 403,
    code: 'xsrf_failed',
    message: /^This request did not come from a page of the dashboards service/,
    fix: 'Reload the page and try again.'
  },
  {
    title: 'a publish that a page asks for by cookie',
    config: { dashboardsOrigin: 'http://dash.example.org' },
    ask: async () => fromPage('POST', `dashboards/${await made()}/versions`, 'same-origin'),
    status: 403,
    code: 'not_allowed',
    message: 'This cannot be done from a page in the browser.',
    fix: 'Use the dashboards panel in JupyterLab, or the API with a token.'
  },
  {
    title: "a change of somebody else's dashboard",
    ask: async () => api(bob, 'DELETE', `dashboards/${await made({ audience: { kind: 'everyone' } })}`),
    status: 403,
    code: 'not_allowed',
    message: /^Only its owner/,
    fix: 'Ask its owner.'
  },
  {
    title: 'a publish by somebody who is in none of the groups that publish',
    config: { publishers: ['analysts'] },
    ask: () => publish(),
    status: 403,
    code: 'publishing_forbidden',
    message: 'On this hub, dashboards are published by members of the group "analysts".',
    fix: /^Ask the administrator of this hub to add you\./
  },
  {
    title: 'a dashboard that is not there, or not shared',
    ask: async () => api(bob, 'GET', `dashboards/${await made()}`),
    status: 404,
    code: 'not_found',
    message: 'There is no such dashboard, or it is not shared with you.',
    fix: 'Check the link, or ask its owner to share it with you.'
  },
  {
    title: 'a build that is not there',
    ask: () => api(alice, 'GET', 'builds/x'),
    status: 404,
    code: 'not_found',
    message: 'There is no such build, or it is of a dashboard that is not yours.',
    fix: /^Take the id from the reply to the publish/
  },
  {
    title: 'the log of a version that there never was',
    ask: async () => api(alice, 'GET', `dashboards/${await made()}/logs?version=99`),
    status: 404,
    code: 'not_found',
    message: 'There is no version 99 of this dashboard.',
    fix: 'Its newest version is 1.'
  },
  {
    title: 'a route that is not there',
    ask: () => api(alice, 'GET', 'dashbords'),
    status: 404,
    code: 'not_found',
    message: 'There is no such route in this API.',
    fix: 'See api/v1/openapi.json.'
  },
  {
    title: 'a field that is misspelt',
    ask: () => publish({ audiance: { kind: 'owner' } }),
    status: 400,
    code: 'invalid_request',
    message: 'The request is not valid: body has the unknown field "audiance".',
    fix: /^It may have these fields: source, .*audience\.$/
  },
  {
    title: 'an audience that there is not',
    ask: () => publish({ audience: { kind: 'evryone' } }),
    status: 400,
    code: 'invalid_request',
    message: 'The request is not valid: body.audience.kind must be one of: owner, people, everyone.',
    fix: 'Choose one of: owner, people, everyone.'
  },
  {
    title: 'a limit that is none',
    ask: () => api(alice, 'GET', 'dashboards?limit=0'),
    status: 400,
    code: 'invalid_request',
    message: 'The request is not valid: "limit" in the query has to be a whole number from 1 to 200.',
    fix: 'Correct it and try again.'
  },
  {
    title: 'a name that is shown as another one',
    ask: () => publish({ name: '\u202eevil' }),
    status: 400,
    code: 'invalid_request',
    message: 'The name must not contain U+202E, which changes the direction of writing.',
    fix: 'Type it anew: pasted text may hold characters that are not shown.'
  },
  {
    title: 'a new name that nobody can see',
    ask: async () => api(alice, 'PATCH', `dashboards/${await made()}`, { name: '\u200b' }),
    status: 400,
    code: 'invalid_request',
    message: 'The name must not contain the invisible character U+200B.',
    fix: 'Type it anew: pasted text may hold characters that are not shown.'
  },
  {
    title: 'a description that turns the direction of writing',
    ask: async () => api(alice, 'PATCH', `dashboards/${await made()}`, { description: 'a\u202eb' }),
    status: 400,
    code: 'invalid_request',
    message: 'The description must not contain U+202E, which changes the direction of writing.',
    fix: 'Type it anew: pasted text may hold characters that are not shown.'
  },
  {
    title: 'a message of an update that turns the direction of writing',
    ask: async () => api(alice, 'POST', `dashboards/${await working()}/versions`, { message: 'a\u2067b' }),
    status: 400,
    code: 'invalid_request',
    message: 'The message must not contain U+2067, which changes the direction of writing.',
    fix: 'Type it anew: pasted text may hold characters that are not shown.'
  },
  {
    title: 'a folder outside of which the file lies',
    ask: () => publish({ source: { ...PUBLISH.source, entry: '../other/app.py' } }),
    status: 400,
    code: 'invalid_request',
    message: 'The file must be named by its path inside the folder, without "..".',
    fix: 'Correct it and try again.'
  },
  {
    title: 'an Idempotency-Key that came with another request',
    ask: async () => {
      await publish({}, alice, { 'idempotency-key': 'one' });
      return publish({ name: 'Other' }, alice, { 'idempotency-key': 'one' });
    },
    status: 422,
    code: 'idempotency_key_reused',
    message: 'This Idempotency-Key has come with another request already.',
    fix: /^Send a new key for a new request/
  },
  {
    title: 'an Idempotency-Key whose dashboard was deleted since',
    ask: async () => {
      const { body } = await publish({}, alice, { 'idempotency-key': 'one' });
      await api(alice, 'DELETE', `dashboards/${(body as unknown as BuildReply).dashboard.id}`);
      return publish({}, alice, { 'idempotency-key': 'one' });
    },
    status: 409,
    code: 'state_conflict',
    message: /Idempotency-Key has been deleted since\.$/,
    fix: 'Send a new key to publish it again.'
  },
  {
    title: 'a name that one has already',
    ask: async () => {
      await made();
      return publish({ name: ' SALES' });
    },
    status: 409,
    code: 'name_taken',
    message: 'You have a dashboard with the name "SALES" already.',
    fix: 'Update that one instead, or choose another name.'
  },
  {
    title: 'sharing on a hub that does not isolate dashboards',
    config: { trustAllAuthors: false },
    ask: () => publish({ audience: { kind: 'everyone' } }),
    status: 403,
    code: 'sharing_needs_isolation',
    message: /^Dashboards cannot be shared yet: this hub serves them on its own address/,
    fix: /configure\(c, dashboards_origin=/
  },
  {
    title: 'an audience that the administrator does not allow',
    config: { audiences: ['owner', 'people'] },
    ask: () => publish({ audience: { kind: 'everyone' } }),
    status: 403,
    code: 'audience_forbidden',
    message: 'This hub does not allow the audience "everyone".',
    fix: 'Choose one of: owner, people.'
  },
  {
    title: 'an audience with an unknown user and an unknown group',
    ask: () => publish({ audience: { kind: 'people', users: ['bob', 'bbo'], groups: ['stuff'] } }),
    status: 400,
    code: 'audience_unknown',
    message: 'This hub does not know: user bbo, group stuff.',
    fix: 'Check the spelling. People are known to the Hub after their first sign-in.'
  },
  {
    title: 'a framework that there is, and that this hub does not offer',
    config: { frameworks: ['voila', 'command'] },
    ask: () => publish({ framework: 'streamlit' }),
    status: 400,
    code: 'framework_unknown',
    message: 'The framework "streamlit" is not offered on this hub.',
    fix: 'Choose one of: voila, command.'
  },
  {
    title: 'a way for files to get there that the administrator does not allow',
    config: { strategies: ['snapshot'] },
    ask: () => publish({ source: { ...PUBLISH.source, live: true } }),
    status: 400,
    code: 'strategy_forbidden',
    message: 'On this hub, files are not served as they are saved.',
    fix: 'Publish them as they are now.'
  },
  {
    title: 'the framework "command" without a command',
    ask: () => publish({ framework: 'command' }),
    status: 400,
    code: 'command_invalid',
    message: 'A dashboard with a command of its own needs that command.',
    fix: /^Write the command line, with \{port\} where the port goes/
  },
  {
    title: 'a start of what has never worked',
    ask: async () => {
      test.hub.onStart = () => ({ status: 500, message: 'no image' });
      const id = await made();
      await eventually(async () => (await test.service.context.dashboards.get(id))?.build?.endedAt);
      return api(alice, 'POST', `dashboards/${id}/start`);
    },
    status: 409,
    code: 'version_not_ready',
    message: 'There is nothing to start: no version has worked yet.',
    fix: 'Update the dashboard: that publishes it again.'
  },
  {
    title: 'a roll back to a version that there is not',
    ask: async () => api(alice, 'POST', `dashboards/${await working()}/live`, { version: 7 }),
    status: 409,
    code: 'version_not_ready',
    message: 'There is no version 7.',
    fix: 'Choose one of the versions that are listed as ready.'
  },
  {
    title: 'an update in the middle of a build',
    ask: async () => api(alice, 'POST', `dashboards/${await made()}/versions`, {}),
    status: 409,
    code: 'build_running',
    message: 'This dashboard is being built already.',
    fix: 'Wait until that build has ended, or cancel it.'
  },
  {
    title: 'a Hub that does not answer',
    ask: () => {
      test.hub.broken = 502;
      return api(alice, 'GET', 'whoami');
    },
    status: 503,
    code: 'hub_unavailable',
    message: 'JupyterHub does not answer at the moment.',
    fix: /^Try again in a minute/
  },
  {
    title: 'a database that nothing can be written to',
    ask: () => {
      setWritable(false);
      return publish();
    },
    status: 503,
    code: 'service_unavailable',
    message: 'The dashboards service cannot use its database at the moment. Dashboards that are open go on.',
    fix: /^Try again later, or tell the administrator.*the right to write the file/
  },
  {
    title: 'a mistake of the service',
    ask: () => {
      test.service.context.dashboards.page = () => Promise.reject(new TypeError('secret is undefined'));
      return api(alice, 'GET', 'dashboards');
    },
    status: 500,
    code: 'internal',
    message: 'Something went wrong inside the dashboards service.',
    fix: /^Try again; if it happens again, tell the administrator/
  }
];

describe('whoever calls the API reads what was wrong, and what to do, of', () => {
  it.each(REFUSALS)('$title', async ({ config, ask, status, code, message, fix }) => {
    await begin(config);
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toBe(code);
    expect(answer.body.error.message).toMatch(asPattern(message));
    expect(answer.body.error.fix).toMatch(asPattern(fix));
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });
});

function asPattern(text: string | RegExp): RegExp {
  return typeof text === 'string' ? new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : text;
}
