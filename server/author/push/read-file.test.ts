import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { readLargeFile } from './read-file';
import { Remembered } from './remembered';

let base: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'read-file-'));
});
afterEach(() => rmSync(base, { recursive: true }));

it('a large file that is not read to its end is closed once: what is opened after it stays open', async () => {
  const large = path.join(base, 'large.bin');
  writeFileSync(large, '');
  truncateSync(large, 200_000_000);
  const remembered = new Remembered(base, base, Date.now(), true);
  const root = openSync(base, 'r');
  for (let pieces = 1; pieces <= 20; pieces++) {
    let left = pieces;
    const goOn = () => {
      if (--left === 0) {
        throw new Error('cancelled');
      }
    };
    await expect(readLargeFile(root, 'large.bin', remembered, goOn)).rejects.toThrow('cancelled');
    const others = Array.from({ length: 20 }, () => openSync(large, 'r'));
    await setTimeout(5);
    others.forEach(fd => {
      expect(fstatSync(fd).size).toBe(200_000_000);
      closeSync(fd);
    });
  }
  closeSync(root);
});
