import fc from 'fast-check';

import { ownerLabel, serverPath } from './addresses';
import { randomId } from './ids';
import { serverName } from './server-name';
import { nameKey, slugCandidates, slugify } from './slug';

describe('slugs', () => {
  it.each([
    ['Sales', 'sales'],
    ['Umsätze 2026 (Q1)', 'umsatze-2026-q1'],
    ['売上', 'maishang'],
    ['Продажи', 'prodazhi'],
    ['  --  ', 'dashboard'],
    ['🎉', 'tada'],
    ['../../etc/passwd', 'etc-passwd']
  ])('%s becomes %s', (name, slug) => {
    expect(slugify(name)).toBe(slug);
  });

  it('are readable parts of a link for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), name => {
        expect(slugify(name)).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
        expect(slugify(name).length).toBeLessThanOrEqual(40);
      })
    );
  });

  it('come with the owner, then with a number, when taken', () => {
    const slugs = slugCandidates('Sales', 'Alice B.');
    expect([1, 2, 3, 4].map(() => slugs.next().value)).toEqual([
      'sales',
      'sales-alice-b',
      'sales-alice-b-2',
      'sales-alice-b-3'
    ]);
  });

  it('do not tell names apart that people would not', () => {
    expect(nameKey('  My  SALES ')).toBe(nameKey('my sales'));
    expect(nameKey('ｓａｌｅｓ')).toBe(nameKey('Sales'));
    expect(nameKey('Sales')).not.toBe(nameKey('Sales 2'));
  });
});

describe('server names', () => {
  it('obey JupyterHub 6 for any name of a dashboard', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.string({ maxLength: 100 }), (name, owner) => {
        const slugs = slugCandidates(name, owner);
        for (const slug of [slugs.next().value, slugs.next().value, slugs.next().value]) {
          const server = serverName(slug, randomId());
          expect(server).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/);
          expect(server).not.toContain('--');
          expect(server.startsWith('dash-')).toBe(true);
          expect(server.length).toBeLessThanOrEqual(30);
        }
      })
    );
  });

  it('differ for different dashboards, whatever they are called', () => {
    const names = Array.from({ length: 2_000 }, () => serverName('a-name-that-is-too-long-to-fit', randomId()));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('addresses', () => {
  it('write user names as the Hub does', () => {
    expect(serverPath('/base/', 'a b@c.d~e(f)', 'dash-x')).toBe('/base/user/a%20b@c.d~e%28f%29/dash-x/');
  });

  it('give distinct owners distinct DNS labels', () => {
    expect(ownerLabel('alice')).toBe('alice');
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 255 }), fc.string({ minLength: 1, maxLength: 255 }), (a, b) => {
        expect(ownerLabel(a)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(ownerLabel(a) === ownerLabel(b)).toBe(a === b);
      })
    );
    expect(
      new Set(['Alice', 'alice', 'ALICE', 'alice.b', 'alice-b', 'alice_b', 'u-alice--x'].map(ownerLabel)).size
    ).toBe(7);
  });
});
