import fc from 'fast-check';

import { cookieFromApp, cookiesForApp } from './cookies';
import { headerText } from './identity-headers';
import { headersForApp } from './request-headers';
import { headersFromApp } from './response-headers';

const PREFIX = '/user/alice/dash-x/';
const address = { scheme: 'https', host: 'dash.example.org' } as const;
const bob = { name: 'bob', groups: ['a,b', 'Vögel'] };
const sent = (headers: [string, string][]): Record<string, string> =>
  Object.fromEntries(headersForApp(headers, bob, address).map(([name, value]) => [name.toLowerCase(), value]));

describe('headers for the app', () => {
  it('spoofed identity headers: removes every spelling and says who looks', () => {
    const spoofed = [
      'X-Dashboards-User',
      'x_dashboards_user',
      'X-DASHBOARDS-Groups',
      'X-Dashboards-Anything',
      'X-Forwarded-User',
      'X_Forwarded_User',
      'X-Forwarded-Email',
      'X-Forwarded-Preferred-Username',
      'Remote-User',
      'REMOTE_USER',
      'X-Remote-User',
      'X-Auth-Request-User',
      'X-Auth-Request-Groups',
      'X-WEBAUTH-USER',
      'X-Goog-Authenticated-User-Email',
      'Cf-Access-Authenticated-User-Email',
      'X.Dashboards.User',
      'Proxy',
      'Forwarded'
    ];
    const result = headersForApp(
      spoofed.map(name => [name, 'mallory']),
      bob,
      address
    );
    expect(JSON.stringify(result)).not.toContain('mallory');
    expect(result).toContainEqual(['X-Dashboards-User', 'bob']);
    expect(result).toContainEqual(['X-Dashboards-Groups', 'a%2Cb,V%C3%B6gel']);
  });

  it('service and Hub cookies and tokens never reach the app', () => {
    const headers = sent([
      [
        'Cookie',
        'a=1; dash-session=S; __Secure-dash-session=S; dash-flow-1=S; __Secure-dash-flow-2=S; jupyterhub-user-alice=S; ' +
          'jupyterhub-session-id=S; JupyterHub-Hub-Login=S; =dash-session=S; _xsrf=x; b=2'
      ],
      ['Authorization', 'token 0123456789abcdef0123456789abcdef']
    ]);
    expect(headers.cookie).toBe('a=1; _xsrf=x; b=2');
    expect(headers).not.toHaveProperty('authorization');
    expect(sent([['Authorization', 'Bearer 0123456789abcdef0123456789abcdef']])).not.toHaveProperty('authorization');
    expect(sent([['Authorization', 'Bearer own.token.of-the-app']]).authorization).toBe('Bearer own.token.of-the-app');
    expect(sent([['Authorization', 'Basic YTpi']]).authorization).toBe('Basic YTpi');
    expect(cookiesForApp('dash-session=x')).toBeNull();
  });

  it('hop-by-hop headers stay, also those that Connection names', () => {
    const headers = sent([
      ['Connection', 'keep-alive, X-Private, Content-Length, Cookie'],
      ['X-Private', '1'],
      ['TE', 'trailers'],
      ['Upgrade', 'h2c'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '5'],
      ['Cookie', 'a=1'],
      ['Expect', '100-continue'],
      ['Accept', '*/*']
    ]);
    expect(Object.keys(headers).sort()).toEqual(
      ['accept', 'content-length', 'cookie', 'host', 'x-dashboards-groups', 'x-dashboards-user'].concat(
        'x-forwarded-host',
        'x-forwarded-proto'
      )
    );
  });

  it('says how the browser addresses the dashboard, whatever was claimed', () => {
    expect(
      sent([
        ['Host', 'evil.example'],
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'http'],
        ['X-Forwarded-Prefix', '/evil'],
        ['X-Forwarded-For', '10.0.0.1']
      ])
    ).toMatchObject({
      host: 'dash.example.org',
      'x-forwarded-host': 'dash.example.org',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '10.0.0.1'
    });
  });

  it('encodes names so that decodeURIComponent gives them back, in ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const text = headerText(name);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(text).not.toMatch(/^ | $|,/);
        expect(decodeURIComponent(text)).toBe(Buffer.from(name).toString());
      })
    );
  });
});

describe('headers from the app', () => {
  it.each([
    ['a=1; Path=/', `a=1; Path=${PREFIX}`],
    ['a=1; path=/hub/; Secure', `a=1; Secure; Path=${PREFIX}`],
    ['a=1; Path="/"', `a=1; Path=${PREFIX}`],
    ['a=1; Path=', `a=1; Path=${PREFIX}`],
    [`a=1; Path=/; Path=${PREFIX}v/3/`, `a=1; Path=${PREFIX}v/3/`],
    [`a=1; Path=${PREFIX}v/3/; Path=/`, `a=1; Path=${PREFIX}`],
    ['a=1; Path=/user/alice/dash-xy/', `a=1; Path=${PREFIX}`],
    ['a=1; Domain=example.org; HttpOnly', 'a=1; HttpOnly'],
    ['a=1', 'a=1'],
    ['dash-session=x; Path=/', null],
    ['__Secure-dash-session=x', null],
    ['dash-flow-x=y', null],
    ['jupyterhub-session-id=x', null],
    ['=dash-session=x', null],
    ['dash-session', null]
  ])('one cookie for all dashboards: %s becomes %s', (header, expected) => {
    expect(cookieFromApp(header, PREFIX)).toBe(expected);
  });

  it('removes what would count for the whole origin and keeps the rest as it was', () => {
    expect(
      headersFromApp(
        [
          ['Service-Worker-Allowed', '/'],
          ['Clear-Site-Data', '"*"'],
          ['Strict-Transport-Security', 'max-age=1'],
          ['Connection', 'X-Hop'],
          ['X-Hop', '1'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['Location', 'https://elsewhere.example/'],
          ['Content-Security-Policy', "default-src 'self'"]
        ],
        PREFIX
      )
    ).toEqual([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Location', 'https://elsewhere.example/'],
      ['Content-Security-Policy', "default-src 'self'"]
    ]);
  });
});
