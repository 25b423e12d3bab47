import fc from 'fast-check';

import { climbsOut, parseDestination, pathUnder } from './request-target';

const PREFIX = '/user/alice/dash-x/';
const parse = (target: string): ReturnType<typeof parseDestination> => parseDestination(target, PREFIX, '_dashboards');

describe('parseDestination', () => {
  it.each([
    [PREFIX, { kind: 'other', rest: '' }],
    ['/user/alice/dash-x', { kind: 'add-slash', location: PREFIX }],
    [`${PREFIX}v/12`, { kind: 'add-slash', location: `${PREFIX}v/12/` }],
    [`${PREFIX}v/12?a=1`, { kind: 'add-slash', location: `${PREFIX}v/12/?a=1` }],
    [`${PREFIX}v/3/a//b?c`, { kind: 'version', version: 3, path: `${PREFIX}v/3/a//b?c`, rest: 'a//b?c' }],
    [`${PREFIX}_dashboards/session?x`, { kind: 'runner', page: 'session', query: '?x' }],
    [`${PREFIX}api`, { kind: 'other', rest: 'api' }],
    [`${PREFIX}v/03/`, { kind: 'other', rest: 'v/03/' }],
    [`${PREFIX}v/99999999999/`, { kind: 'other', rest: 'v/99999999999/' }],
    ['/hub/home', { kind: 'outside' }],
    ['/user/alice/dash-xy/', { kind: 'outside' }],
    ['//evil.example/', { kind: 'outside' }]
  ])('reads %s', (target, expected) => {
    expect(parse(target)).toEqual(expected);
  });

  it.each([
    'http://127.0.0.1:9/user/alice/dash-x/v/3/',
    '*',
    '',
    `${PREFIX}v/3/..\\..\\x`,
    `${PREFIX}v/3/a b`,
    `${PREFIX}v/3/#x`,
    `${PREFIX}v/3/../4/`,
    `${PREFIX}v/3/%2e%2e/4/`,
    `${PREFIX}v/3/.%2E/x`,
    `${PREFIX}v/3/a/../../x`,
    `${PREFIX}v/3/..%2f..%2fx`,
    `${PREFIX}v/3/..%5cx`,
    `${PREFIX}../dash-y/`,
    `${PREFIX}_dashboards/../../dash-y/`,
    `${PREFIX}v/3/${'x'.repeat(40_000)}`
  ])('path traversal and other forms: refuses %.80s', target => {
    expect(parse(target)).toEqual({ kind: 'malformed' });
  });

  it('lets climbing segments pass that stay within the version', () => {
    expect(parse(`${PREFIX}v/3/a/../b`)).toMatchObject({ kind: 'version', version: 3 });
  });

  it('host confusion: never yields a version for a target whose resolved path is outside of it', () => {
    const part = fc.constantFrom('..', '.', '%2e%2e', '%2E.', '', 'a', '%2f', '%5c', '@evil', ':80', 'v', '3', '//');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), parts => {
        const target = `${PREFIX}v/3/${parts.join('/')}`;
        const found = parse(target);
        if (found.kind === 'version') {
          const resolved = new URL(target.replace(/%2f|%5c/gi, '/'), 'http://x').pathname;
          expect(resolved.startsWith(`${PREFIX}v/3/`)).toBe(true);
        }
      })
    );
  });
});

describe('climbsOut', () => {
  it.each([
    ['a/..', false],
    ['a/../..', true],
    ['./..', true],
    ['a/%2e%2e/..', true],
    ['...', false]
  ])('%s: %s', (path, expected) => {
    expect(climbsOut(path)).toBe(expected);
  });
});

describe('pathUnder (open redirect)', () => {
  it.each([
    ['page?a=1', `${PREFIX}page?a=1`],
    ['/page', `${PREFIX}page`],
    ['', PREFIX],
    ['//evil.example', PREFIX],
    ['/\\evil.example', PREFIX],
    ['\\\\evil.example', PREFIX],
    ['../../../hub/logout', PREFIX],
    ['%2e%2e/%2e%2e/hub/', PREFIX],
    ['https://evil.example', `${PREFIX}https://evil.example`],
    ['javascript:alert(1)', `${PREFIX}javascript:alert(1)`],
    ['a\r\nSet-Cookie: x=1', PREFIX],
    ['@evil.example', `${PREFIX}@evil.example`],
    ['?x=//evil.example', `${PREFIX}?x=//evil.example`]
  ])('takes %j to %s', (next, expected) => {
    expect(pathUnder(PREFIX, next)).toBe(expected);
  });

  it('always stays under the prefix of the same host', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', '.', '\\', '%2e', '@', ':', '?', '#', 'a', '\t', '%2f') }),
        next => {
          const url = new URL(pathUnder(PREFIX, next), 'http://dash.example');
          expect(url.host).toBe('dash.example');
          expect(url.pathname.startsWith(PREFIX)).toBe(true);
        }
      )
    );
  });
});
