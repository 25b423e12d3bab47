import fc from 'fast-check';

import { safeNext } from './next';

describe('next', () => {
  it.each([
    'v/2/',
    'v/2/page?a=b&c=%2F',
    'a%20b/c',
    'page?back=https://example.org/../x',
    '%E5%A3%B2/',
    'a..b',
    'x'.repeat(2_500)
  ])('keeps %s', next => {
    expect(safeNext(next)).toBe(next);
  });

  it.each([
    ['//evil.example/x', 'evil.example/x'],
    ['/v/1/', 'v/1/']
  ])('takes %s for a path below the server', (next, expected) => {
    expect(safeNext(next)).toBe(expected);
  });

  it.each([
    'https://evil.example/',
    'https:evil.example',
    'javascript:alert(1)',
    'jAvAsCrIpT:alert(1)',
    '\\\\evil.example',
    '/\\evil.example',
    '../../../hub/logout',
    'v/1/../../../../hub/',
    '%2e%2e/%2e%2e/hub',
    '%252e%252e/hub',
    '..%2f..%2fhub',
    'a/%2e./b',
    '%5c%5cevil.example',
    '%2f%2fevil.example',
    'a\r\nset-cookie: x=y',
    'a%0d%0aset-cookie:x',
    'a\tb',
    ' https://evil.example',
    '_dashboards/session?ticket=x',
    '%5fdashboards/session',
    '%zz',
    'x'.repeat(2_501),
    `page?q=${'ü'.repeat(500)}`
  ])('drops %j', next => {
    expect(safeNext(next)).toBe('');
  });

  it.each([undefined, null, 5, ['a'], {}])('drops %j, which is no text', next => {
    expect(safeNext(next)).toBe('');
  });

  it('never leads out of the server, whatever it is', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '@',
      ':',
      '//',
      'evil.example',
      'a',
      '?',
      '#',
      '%25',
      '\t'
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map(parts => parts.join('')),
        next => {
          const url = new URL(`https://hub.example/user/alice/dash-x/${safeNext(next)}`);
          expect(url.origin).toBe('https://hub.example');
          expect(url.pathname.startsWith('/user/alice/dash-x/')).toBe(true);
        }
      )
    );
  });
});
