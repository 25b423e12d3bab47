import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isUnshareable } from './unshareable';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'unshareable-'));
  writeFileSync(path.join(folder, 'file'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function errorOfLink(from: string, to: string): unknown {
  try {
    linkSync(from, to);
    return null;
  } catch (error) {
    return error;
  }
}

it('has files copied that are elsewhere, that take no further name, or that are gone', () => {
  expect(isUnshareable(errorOfLink('/proc/self/status', path.join(folder, 'elsewhere')))).toBe(true);
  expect(isUnshareable(errorOfLink(path.join(folder, 'gone'), path.join(folder, 'name')))).toBe(true);
  expect(isUnshareable(Object.assign(new Error('on NFS'), { code: 'EOPNOTSUPP' }))).toBe(true);
});

it('has nothing copied over what is there, nor after an error that a copy would not mend', () => {
  expect(isUnshareable(errorOfLink(path.join(folder, 'file'), path.join(folder, 'file')))).toBe(false);
  expect(isUnshareable(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toBe(false);
  expect(isUnshareable(null)).toBe(false);
});
