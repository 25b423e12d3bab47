import { chmodSync, closeSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openRoot, withRoot } from '../../files/anchor';
import { createExcludes } from '../../files/excludes';
import { FindListing, NotListed } from './find-listing';
import { readFile } from './read-file';
import { Remembered } from './remembered';
import { carefully, quickly, type Found, type Look } from './walks';

let base: string;
let project: string;
let listings: FindListing[];
const PATH = process.env.PATH;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'walks-'));
  project = path.join(base, 'project');
  mkdirSync(project);
  listings = [];
});
afterEach(() => {
  process.env.PATH = PATH;
  listings.forEach(listing => listing.end());
  rmSync(base, { recursive: true });
});

function put(name: string, text = name, at = 1_700_000_000.123456): void {
  const file = path.join(project, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, at, at);
}

/** Later than the files were changed, so that their hashes are remembered. */
const rememberedOf = () => new Remembered(base, project, Date.now() + 60_000, true);

const looking =
  (remembered: Remembered, looked: string[]): Look =>
  (parent, name, file, at) => {
    looked.push(file);
    return [readFile(parent, name, file, at, remembered)];
  };

const sorted = (found: Found[]) => found.sort((a, b) => (a.path < b.path ? -1 : 1));

function withCare(remembered: Remembered, looked: string[] = []): Found[] {
  const nothing = createExcludes(null, null);
  return withRoot(project, folder => sorted([...carefully(folder, nothing, looking(remembered, looked))].flat()));
}

/** What was found is remembered. */
function keep(remembered: Remembered, found: Found[]): void {
  found.forEach(item => item.kind !== 'unread' && remembered.add(item));
  remembered.save(null);
}

async function listed(remembered: Remembered, looked: string[] = []): Promise<Found[]> {
  const listing = new FindListing(project);
  listings.push(listing);
  const found: Found[] = [];
  const folder = openRoot(project);
  try {
    for await (const some of quickly(folder, listing, remembered, looking(remembered, looked))) {
      found.push(...some);
    }
  } finally {
    closeSync(folder);
  }
  return sorted(found);
}

it('what is listed is what a walk with care finds, and of what is remembered no file is looked at', async () => {
  for (let n = 0; n < 3_000; n++) {
    put(`data/${n % 40}/${n}.csv`, String(n), 1_600_000_000 + n / 7);
  }
  put('ä/ö ü\n"\\/ß.py');
  put('-name');
  put('run.sh');
  chmodSync(path.join(project, 'run.sh'), 0o755);
  put('large.bin', 'x'.repeat(2_000_000));
  put('nothing', '');
  put('before 1970', 'old', -86_400.5);
  put('the first second', 'old', 0.25);
  put('venv/pyvenv.cfg');
  put('venv/lib/site.py');
  put('venv2/kept.py');
  put('src/node_modules/left-pad/index.js');
  put('src/.git/HEAD');
  put('submodule/.git', 'gitdir: elsewhere');
  put('submodule/a.py');
  put('__pycache__', 'a file of that name');
  mkdirSync(path.join(project, 'empty'));
  symlinkSync('run.sh', path.join(project, 'link'));
  symlinkSync('nowhere', path.join(project, 'data', 'lost'));
  symlinkSync('.git', path.join(project, 'src', 'venv'));

  const remembered = rememberedOf();
  const expected = withCare(remembered);
  expect(expected.length).toBeGreaterThan(3_050);
  expect(expected.map(item => item.path)).toEqual(
    expect.arrayContaining(['-name', 'venv2/kept.py', 'submodule/a.py', '__pycache__', 'data/lost', 'empty'])
  );
  keep(remembered, expected);

  const again: string[] = [];
  expect(await listed(rememberedOf(), again)).toEqual(withCare(rememberedOf()));
  // It is read in pieces, and remembered when that has been done.
  expect(again).toEqual(['large.bin']);
  expect(sorted(await listed(new Remembered(base, project, Date.now() + 60_000, false)))).toEqual(expected);
});

it('only what has changed is looked at', async () => {
  ['a.py', 'b.py', 'c.py'].forEach(name => put(name));
  const remembered = rememberedOf();
  keep(remembered, withCare(remembered));
  put('b.py', 'B.py');
  chmodSync(path.join(project, 'c.py'), 0o700);
  put('d.py');
  const looked: string[] = [];
  await listed(rememberedOf(), looked);
  expect(looked.sort()).toEqual(['b.py', 'c.py', 'd.py']);
});

it.each([
  ['a name is not UTF-8', () => writeFileSync(Buffer.concat([Buffer.from(`${project}/`), Buffer.from([0xff])]), '')],
  ['a link leads to a name that is not', () => symlinkSync(Buffer.from([0xfe]), path.join(project, 'link'))],
  ['there is no folder', () => rmSync(project, { recursive: true })],
  [
    'it is no folder',
    () => {
      rmSync(project, { recursive: true });
      writeFileSync(project, '');
    }
  ],
  ['there is no find', () => (process.env.PATH = base)],
  ['find is another one', () => otherFind('echo "find: unrecognized: -printf" >&2; exit 1')],
  ['find writes times in another way', () => otherFind("printf 'f1 2 3 4.5 6.7 644\\0a.py\\0'")],
  ['a path is very long', () => otherFind(`printf 'd1.0000000000\\0${'a'.repeat(1_001)}\\0'`)],
  ['find is ended', () => otherFind("printf 'd1.0000000000\\0a\\0'; kill -9 $$")],
  ['find cannot read all', () => otherFind("printf 'd1.0000000000\\0a\\0'; exit 1")],
  ['find ends within a name', () => otherFind("printf 'd1.0000000000\\0a'")]
])('nothing is taken for a whole listing where %s', async (_why, spoil) => {
  put('a.py');
  spoil();
  const listing = new FindListing(project);
  const read = async () => {
    for await (const _piece of listing.pieces()) {
      // All of it.
    }
  };
  await expect(read()).rejects.toThrow(NotListed);
});

function otherFind(script: string): void {
  const file = path.join(base, 'find');
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = `${base}:${PATH}`;
}
