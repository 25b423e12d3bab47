import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ERROR_CODES, PASSING } from '../../contract';
import { productWords, words } from '../product-source';

const ROOT = join(__dirname, '../../..');
/** Fewer would mean that the table is no longer read as it is meant. */
const LEAST_ROWS = 40;

interface Row {
  what: string;
  codes: string[];
  sentence: string;
  file: string;
  title: string;
}

const text = readFileSync(join(ROOT, 'docs/developers/errors.md'), 'utf8');
const rows = readRows(text);

it('the table of errors is read in full', () => {
  expect(rows.length).toBeGreaterThanOrEqual(LEAST_ROWS);
  for (const row of rows) {
    expect([row.what, row.sentence, row.file, row.title]).not.toContain('');
  }
});

it('every test that it names exists', () => {
  const missing = rows.filter(({ file, title }) => !hasTest(join(ROOT, file), title));
  expect(missing.map(({ file, title }) => `${file}: ${title}`)).toEqual([]);
});

it('every sentence that it quotes is said by the product, or read by the test', () => {
  const product = productWords();
  const quoting = rows.filter(({ sentence }) => quotes(sentence).length > 0);
  expect(quoting.length).toBeGreaterThanOrEqual(LEAST_ROWS);
  const wrong = quoting.filter(({ sentence, file }) => {
    const texts = [product, words(readFileSync(join(ROOT, file), 'utf8'))];
    return !quotes(sentence).every(quote => isSaid(quote, texts));
  });
  expect(wrong.map(({ sentence, file }) => `${file}: ${sentence}`)).toEqual([]);
});

it('names every code of the contract, and no other', () => {
  const named = new Set(rows.flatMap(({ codes }) => codes));
  expect(ERROR_CODES.filter(code => !named.has(code))).toEqual([]);
  expect([...named].filter(code => !ERROR_CODES.some(known => known === code))).toEqual([]);
});

it('says of the same codes as the contract that they may work the next time', () => {
  const passing = [...text.matchAll(/^\| (`[^|]*)\| yes\b/gm)].flatMap(([, codes = '']) => codesIn(codes));
  expect(passing.toSorted()).toEqual([...PASSING].toSorted());
});

function readRows(text: string): Row[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('| ') && line.includes('`: `'))
    .map(line => {
      const [, what = '', code = '', , sentence = '', test = ''] = line.split(/(?<!\\)\|/).map(cell => cell.trim());
      const [, file = '', title = ''] = /^`([^`]+)`: `([^`]+)`$/.exec(test) ?? [];
      return { what, codes: codesIn(code), sentence, file, title };
    });
}

function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}

/** What stands in quotation marks is read like that; the rest of a cell describes it. */
function quotes(sentence: string): string[] {
  return [...sentence.matchAll(/“([^”]*)”/g)].map(([, quote = '']) => quote);
}

/** Whether one of the texts has all of a quote, with something short for each ellipsis. */
function isSaid(quote: string, texts: string[]): boolean {
  const fixed = words(quote)
    .split('…')
    .map(part => part.trim())
    .filter(part => /\w/.test(part));
  const pattern = new RegExp(fixed.map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.{1,150}?'));
  return fixed.length > 0 && texts.some(text => pattern.test(text));
}

/** Whether the file has a test of this title, or one in whose title this stands. */
function hasTest(file: string, title: string): boolean {
  if (!existsSync(file)) {
    return false;
  }
  const source = readFileSync(file, 'utf8');
  return file.endsWith('.py')
    ? source.includes(`def ${title}(`)
    : source.split('\n').some(line => line.includes(title) && BEFORE_TITLE.test(line.slice(0, line.indexOf(title))));
}

/** A test or a group of tests, a row of `it.each`, one of two titles, or the title in a table of cases; and the title's own beginning. */
const BEFORE_TITLE = /(?:\b(?:it|test|describe|step)\(|\btitle: |^\s*\[|^\s*|^\s*\? |\]\)\()(?:'[^']*|"[^"]*|`[^`]*)$/;
