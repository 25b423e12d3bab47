import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { OfferedItem } from '../../../relay/offer';
import { offerText } from '../../testing/offer-text';
import { Replica } from './replica';

let dashboard: string;
let store: string;

beforeEach(() => {
  dashboard = fs.mkdtempSync(path.join(tmpdir(), 'replica-'));
  store = path.join(dashboard, 'relay');
  fs.mkdirSync(store);
});
afterEach(() => fs.rmSync(dashboard, { recursive: true }));

/** Makes the replica files of these contents by their names. */
function update(contents: Record<string, string>): void {
  const items = Object.entries(contents).map(([name, text]): OfferedItem => {
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { kind: 'file', path: name, size: text.length, mtime: '1', executable: false, sha256 };
  });
  const replica = new Replica(path.join(dashboard, 'replica'), store);
  const offer = offerText({ items, files: items.length, bytes: Object.values(contents).join('').length });
  const difference = replica.compare(new Map(items.map(item => [item.path, item])));
  replica.update(difference, Buffer.from(offer), file => {
    const incoming = path.join(dashboard, file.sha256);
    fs.writeFileSync(incoming, contents[file.path] ?? '');
    return { kind: 'incoming', file: incoming };
  });
}

it('what tells that an update was interrupted is on the disk before anything of it, the index last', () => {
  update({ 'a.csv': 'old', 'b.csv': 'same' });
  const flushed: string[] = [];
  const flushing = jest.spyOn(fs, 'fsyncSync').mockImplementation(file => {
    const at = fs.readlinkSync(`/proc/self/fd/${file}`);
    flushed.push(path.relative(dashboard, at));
    // Before it has this name nothing vouches for the rest.
    expect(fs.readFileSync(path.join(store, 'index'), 'utf8')).not.toContain('c.csv');
  });
  try {
    update({ 'a.csv': 'new', 'b.csv': 'same', 'c.csv': 'more' });
  } finally {
    flushing.mockRestore();
  }
  expect(flushed).toEqual(['relay/updating', 'relay/staging/index', 'replica/a.csv', 'replica/c.csv', 'replica']);
  expect(fs.readFileSync(path.join(store, 'index'), 'utf8')).toContain('c.csv');
  expect(fs.readdirSync(store)).toEqual(['index']);
});
