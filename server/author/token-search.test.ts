import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MADE_UP_TOKENS } from '../files/testing/made-up-tokens';
import { TokenSearch } from './token-search';

const MIB = 2 ** 20;
const TOKEN = MADE_UP_TOKENS[0]?.[1] ?? '';

describe('a search for tokens', () => {
  it('wants notebooks and small files of code and settings, and no others', () => {
    const wanted = (name: string, bytes: number) => new TokenSearch().wants(name, bytes);
    expect([wanted('a.ipynb', 8 * MIB), wanted('a.ipynb', 8 * MIB + 1), wanted('a.ipynb', 0)]).toEqual([
      true,
      false,
      false
    ]);
    expect([wanted('a.py', MIB / 2), wanted('a.py', MIB / 2 + 1), wanted('a.csv', 1)]).toEqual([true, false, false]);
  });

  it('wants no more than so much in all, of each sort for itself', () => {
    const search = new TokenSearch();
    const taken = (name: string, bytes: number) => {
      let count = 0;
      while (search.wants(name, bytes)) {
        count += 1;
      }
      return count * bytes;
    };
    expect(taken('a.json', MIB / 2)).toBe(32 * MIB);
    expect(taken('a.ipynb', 8 * MIB)).toBe(64 * MIB);
  });

  it('reads no further file when its time is out', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tokens-'));
    const open = openSync(folder, 'r');
    try {
      const names = ['a.py', 'b.py'];
      names.forEach(name => writeFileSync(path.join(folder, name), TOKEN));
      const search = new TokenSearch(Number.MIN_VALUE);
      names.forEach(name => search.file(name, TOKEN.length, open, name));
      expect(search.found.items).toEqual([{ path: 'a.py', kind: 'github', output: false }]);
    } finally {
      closeSync(open);
      rmSync(folder, { recursive: true });
    }
  });

  it('takes what is no notebook of today, whatever it is called, as one text', () => {
    const search = new TokenSearch();
    const texts = [
      TOKEN,
      JSON.stringify([TOKEN]),
      JSON.stringify({ cells: TOKEN }),
      JSON.stringify({ cells: [TOKEN] })
    ];
    texts.forEach(text => search.text('a.ipynb', text));
    expect(search.found.items).toEqual(texts.map(() => ({ path: 'a.ipynb', kind: 'github', output: false })));
  });
});
