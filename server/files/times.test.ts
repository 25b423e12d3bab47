import { closeSync, lstatSync, mkdtempSync, openSync, rmSync, writeFileSync, type BigIntStats } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isKept, keepTimeAt, keepTimes } from './times';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'times-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  '1700000000999999999',
  '1700000000999999900',
  '1700000000000000001',
  '1700000000123456789',
  '4200000000999999999',
  '0',
  '-1',
  '-1000000001',
  '-1500000001'
])('%s ns stay in their second, and are known again on the disk', text => {
  const [file, wanted] = [path.join(folder, 'app.py'), BigInt(text)];
  writeFileSync(file, '');
  keepTimeAt(file, wanted);
  const set = lstatSync(file, { bigint: true }).mtimeNs;
  expect(isKept(set, wanted)).toBe(true);
  const [copy, open] = [path.join(folder, 'copy.py'), openSync(path.join(folder, 'copy.py'), 'w')];
  keepTimes(open, { atimeNs: 0n, mtimeNs: wanted } as BigIntStats);
  closeSync(open);
  expect(lstatSync(copy, { bigint: true }).mtimeNs).toBe(set);
});

it('takes no time for another that is in the next second, however near, nor for one that is a microsecond off', () => {
  expect(isKept(1_700_000_001_000_000_000n, 1_700_000_000_999_999_999n)).toBe(false);
  expect(isKept(1_700_000_000_999_999_500n, 1_700_000_001_000_000_000n)).toBe(false);
  expect(isKept(1_700_000_000_123_457_000n, 1_700_000_000_123_456_000n)).toBe(false);
  expect(isKept(1_700_000_000_123_456_999n, 1_700_000_000_123_456_000n)).toBe(true);
});

it('takes a time for another that has lost what a file system of whole seconds does not keep, and no more', () => {
  expect(isKept(1_700_000_000_000_000_000n, 1_700_000_000_999_999_999n)).toBe(true);
  expect(isKept(-2_000_000_000n, -1_500_000_001n)).toBe(true);
  expect(isKept(1_699_999_999_000_000_000n, 1_700_000_000_123_456_000n)).toBe(false);
  expect(isKept(1_700_000_000_100_000_000n, 1_700_000_000_123_456_000n)).toBe(false);
});
