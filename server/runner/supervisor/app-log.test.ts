import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { LIMITS } from '../../contract';
import { AppLog } from './app-log';
import { LineSplitter } from './line-splitter';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'log-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a log', () => {
  it('remembers the newest lines and keeps its files small', () => {
    const file = path.join(folder, 'logs', 'v1.log');
    const log = new AppLog(file, 10_000);
    for (let i = 0; i < 2_000; i++) {
      log.add(`line ${i}`);
    }
    log.close();
    expect(log.lines).toHaveLength(500);
    expect(log.lines.at(-1)).toBe('line 1999');
    expect(readFileSync(file, 'utf8')).toMatch(/line 1999\n$/);
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThanOrEqual(10_000);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('goes on without its file', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const log = new AppLog(path.join(folder, 'file', 'v1.log'));
    const heard: string[] = [];
    const stop = log.listen(line => heard.push(line));
    log.add('\u001b[31mred\u001b[0m\u0007');
    stop();
    log.add('later');
    expect(heard).toEqual(['red']);
    expect(log.lines).toEqual(['red', 'later']);
  });
});

describe('lines', () => {
  function split(...chunks: (string | Buffer)[]): string[] {
    const lines: string[] = [];
    const splitter = new LineSplitter(line => lines.push(line));
    chunks.forEach(chunk => splitter.push(Buffer.from(chunk)));
    splitter.flush();
    return lines;
  }

  it('are put together from pieces, also of a character', () => {
    const euro = Buffer.from('€');
    expect(split('a', 'b\nc\r', '\nd ', euro.subarray(0, 1), euro.subarray(1), '\n')).toEqual(['ab', 'c', 'd €']);
  });

  it('of a progress bar are lines, and what has no end is given out at the end', () => {
    expect(split('10%\r20%\r', 'rest')).toEqual(['10%', '20%', 'rest']);
  });

  it('that are too long are cut and use no memory', () => {
    const lines = split(...Array.from({ length: 100 }, () => 'x'.repeat(1_000)), '\nnext\n');
    expect(lines.map(line => line.length)).toEqual([LIMITS.logLine, 4]);
  });
});
