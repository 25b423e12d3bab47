import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { placesOf } from '../../files/places';
import { takeSnapshot } from './snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';

const CANARY = 'canary-outside-of-the-folder';
const ROUNDS = 40;

/** Swaps a folder and a file of the project for links to the outside and back, as fast as it can. */
const ATTACKER = `
const fs = require('node:fs');
const [root, outside] = process.argv.slice(1);
const swap = (name, target) => {
  try {
    fs.renameSync(root + '/' + name, root + '/.hidden-' + name);
    fs.symlinkSync(target, root + '/' + name);
    fs.unlinkSync(root + '/' + name);
    fs.renameSync(root + '/.hidden-' + name, root + '/' + name);
  } catch (error) { if (error.code !== 'ENOENT') throw error; }
};
process.send('ready');
for (;;) { swap('folder', outside); swap('file.txt', outside + '/secret.txt'); }
`;

let base: string;
let attacker: ChildProcess | null = null;

afterEach(async () => {
  attacker?.kill('SIGKILL');
  await rm(base, { recursive: true, force: true });
});

async function textsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(entries.filter(e => e.isFile()).map(e => readFile(path.join(e.parentPath, e.name), 'utf8')));
}

it('somebody who swaps files and folders for links gets nothing from outside of the folder published', async () => {
  base = mkdtempSync(path.join(tmpdir(), 'attack-'));
  const root = path.join(base, 'home', 'project');
  const outside = path.join(base, 'outside');
  mkdirSync(path.join(root, 'folder'), { recursive: true });
  mkdirSync(outside);
  for (let i = 0; i < 30; i++) {
    writeFileSync(path.join(root, 'folder', `f${i}.txt`), 'inside');
    writeFileSync(path.join(outside, `f${i}.txt`), CANARY);
  }
  writeFileSync(path.join(root, 'file.txt'), 'inside');
  writeFileSync(path.join(outside, 'secret.txt'), CANARY);
  attacker = spawn(process.execPath, ['-e', ATTACKER, root, outside], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  });
  await new Promise(resolve => attacker?.once('message', resolve));

  const places = placesOf(path.join(base, 'home'), 'd1');
  let taken = 0;
  for (let n = 1; n <= ROUNDS; n++) {
    const snapshot = takeSnapshot({
      places,
      home: path.join(base, 'home'),
      version: n,
      source: { root, entry: 'file.txt', scope: 'folder' },
      signal: new AbortController().signal,
      limits: DEFAULT_LIMITS,
      progress: () => undefined
    });
    // Refusing is fine; publishing something else is not.
    taken += await snapshot.then(
      () => 1,
      () => 0
    );
  }
  expect(attacker.exitCode).toBeNull();
  const texts = await textsBelow(places.versions);
  expect(texts.filter(text => text.includes(CANARY))).toEqual([]);
  expect((await readdir(places.versions)).length).toBe(taken);
});
