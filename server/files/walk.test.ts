import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ProblemError } from '../problem-error';
import { withRoot } from './anchor';
import { readExcludes } from './excludes';
import { walk, walkInSteps, type Visitor } from './walk';

let root: string;

beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'walk-'))));
afterEach(() => rmSync(root, { recursive: true }));

function add(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), '');
  }
}

/** What a walk meets, in its order. */
function met(home: string | null = null): string[] {
  const seen: string[] = [];
  withRoot(root, folder =>
    walk(folder, readExcludes(folder, home), {
      folder: at => seen.push(`folder ${at}`),
      file: at => seen.push(`file ${at}`),
      link: (at, target) => seen.push(`link ${at} -> ${target}`),
      skipped: (at, why) => seen.push(`skipped ${at}: ${why}`),
      excluded: (at, why, isFolder) => seen.push(`excluded ${at}${isFolder ? '/' : ''}: ${why}`)
    })
  );
  return seen;
}

describe('a walk', () => {
  it('meets folders before what is in them, names in order, and does not follow links', () => {
    add('b/x.csv', 'a.py', 'b/a/y.csv');
    symlinkSync('b', path.join(root, 'c'));
    symlinkSync('/etc', path.join(root, 'b/etc'));
    expect(met()).toEqual([
      'file a.py',
      'folder b',
      'folder b/a',
      'file b/a/y.csv',
      'link b/etc -> /etc',
      'file b/x.csv',
      'link c -> b'
    ]);
  });

  it('says of everything that stays out why', () => {
    add('.git/config', 'web/node_modules/a.js', 'env/pyvenv.cfg', 'env/lib/a.py', '__pycache__/a.pyc', '.Trash/a');
    add('.dashboards/a', 'raw/a.csv', 'raw/keep.csv', 'notes.txt', '.tox/a');
    writeFileSync(path.join(root, '.dashboardignore'), 'raw/*\n!raw/keep.csv\n*.txt\n');
    expect(met()).toEqual([
      'excluded .Trash/: trash',
      'file .dashboardignore',
      'excluded .dashboards/: store',
      'excluded .git/: history',
      'excluded .tox/: environment',
      'excluded __pycache__/: cache',
      'excluded env/: environment',
      'excluded notes.txt: rule',
      'folder raw',
      'excluded raw/a.csv: rule',
      'file raw/keep.csv',
      'folder web',
      'excluded web/node_modules/: packages'
    ]);
  });

  it('leaves out what leads to the history of a work tree or a submodule, file or link', () => {
    add('module/.git');
    symlinkSync('/elsewhere/.git', path.join(root, '.git'));
    expect(met()).toEqual(['excluded .git: history', 'folder module', 'excluded module/.git: history']);
  });

  it('leaves out by a rule what is written as the rule is, and not what differs in case', () => {
    add('Data/raw.csv', 'data/clean.csv', 'README.md', 'readme.md');
    writeFileSync(path.join(root, '.dashboardignore'), 'Data/\nREADME*\n');
    expect(met()).toEqual([
      'file .dashboardignore',
      'excluded Data/: rule',
      'excluded README.md: rule',
      'folder data',
      'file data/clean.csv',
      'file readme.md'
    ]);
  });

  it('leaves the hidden names of a home folder out, but not those of a folder in it', () => {
    add('.bash_history', '.ssh/id_rsa', '.streamlit/config.toml', 'x/.env');
    expect(met('')).toEqual([
      'excluded .bash_history: hidden',
      'excluded .ssh/: hidden',
      'folder .streamlit',
      'file .streamlit/config.toml',
      'folder x',
      'file x/.env'
    ]);
  });

  it('leaves them out also of a folder in which the home folder is', () => {
    add('.vault', 'alice/.ssh/id_rsa', 'alice/app.py', 'bob/.env');
    expect(met('alice')).toEqual([
      'file .vault',
      'folder alice',
      'excluded alice/.ssh/: hidden',
      'file alice/app.py',
      'folder bob',
      'file bob/.env'
    ]);
  });

  it('skips what cannot be copied: pipes, and names that are not UTF-8 with links to them, beside those that look the same', () => {
    const broken = (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]);
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    writeFileSync(broken(`${root}/x`), '');
    symlinkSync(broken('x'), path.join(root, 'broken'));
    add('x\uFFFD');
    symlinkSync('x\uFFFD', path.join(root, 'good'));
    expect(met().sort()).toEqual([
      'file x\uFFFD',
      'link good -> x\uFFFD',
      'skipped broken: name',
      'skipped pipe: pipe',
      'skipped x\uFFFD: name'
    ]);
  });

  it('closes what it has opened, also when a visitor throws', () => {
    add('a/b/c/d.csv');
    const stop = new Error('stop');
    const file = () => {
      throw stop;
    };
    const before = openDescriptors();
    expect(() => withRoot(root, folder => walk(folder, readExcludes(folder, null), { ...blind, file }))).toThrow(stop);
    expect(openDescriptors()).toEqual(before);
  });

  it('that is left before its end closes what it has opened', () => {
    add(...Array.from({ length: 150 }, (_, n) => `b/a/${n}.csv`));
    const before = openDescriptors();
    withRoot(root, folder => {
      const inRoot = openDescriptors();
      for (const _step of walkInSteps(folder, readExcludes(folder, null), blind)) {
        expect(openDescriptors().length).toBeGreaterThan(inRoot.length);
        break;
      }
      expect(openDescriptors()).toEqual(inRoot);
    });
    expect(openDescriptors()).toEqual(before);
  });

  it('is not taken in a folder that is none', () => {
    add('a.py');
    const problemOf = (folder: string) => {
      try {
        withRoot(folder, () => undefined);
      } catch (error) {
        return error instanceof ProblemError ? error.problem.code : error;
      }
    };
    expect(problemOf(path.join(root, 'gone'))).toBe('file_missing');
    expect(problemOf(path.join(root, 'a.py'))).toBe('folder_not_readable');
  });
});

/** Does nothing with what it meets. */
const blind: Visitor = { folder() {}, file() {}, link() {}, skipped() {}, excluded() {} };

/** What of this tree is open; other threads open and close things of their own meanwhile. */
function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap(descriptor => {
    try {
      const open = readlinkSync(`/proc/self/fd/${descriptor}`);
      return open.startsWith(root) ? [open] : [];
    } catch {
      return [];
    }
  });
}
