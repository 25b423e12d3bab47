import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Incoming } from './incoming';

interface Content {
  sha256: string;
  size: number;
}

let base: string;

beforeEach(() => (base = mkdtempSync(path.join(tmpdir(), 'incoming-'))));
afterEach(() => rmSync(base, { recursive: true }));

it('takes contents back from an update that came to nothing, also of several files, but not what is in use', () => {
  const [staging, replica] = [path.join(base, 'staging'), path.join(base, 'replica')];
  [staging, replica].forEach(folder => mkdirSync(folder));
  const [alone, twice, used] = ['alone', 'twice', 'used'].map(text => {
    const sha256 = createHash('sha256').update(text).digest('hex');
    writeFileSync(path.join(staging, sha256), text, { mode: 0o444 });
    return { sha256, size: text.length };
  }) as [Content, Content, Content];
  linkSync(path.join(staging, twice.sha256), path.join(staging, '1'));
  linkSync(path.join(staging, used.sha256), path.join(replica, 'used.csv'));
  writeFileSync(path.join(staging, 'index'), 'half');
  const incoming = new Incoming(path.join(base, 'incoming'));
  incoming.takeBack(staging);
  expect([alone, twice, used].map(({ sha256, size }) => incoming.isWhole(sha256, size))).toEqual([true, true, false]);
  expect(readdirSync(staging)).toEqual([used.sha256]);
  expect(readFileSync(path.join(replica, 'used.csv'), 'utf8')).toBe('used');
  expect(statSync(path.join(replica, 'used.csv')).mode & 0o777).toBe(0o444);
});
