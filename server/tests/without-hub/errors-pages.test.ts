import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { BuildReply, ErrorCode, Problem, Source } from '../../contract';
import { ProblemError } from '../../problem-error';
import { choose } from '../../runner/builds/choose';
import { chooseStrategy } from '../../runner/storage/choose-strategy';
import { copierThat } from '../../runner/testing/copier-double';
import { FileKeepsChanging } from '../../files/problems';
import { placesOf } from '../../files/places';
import { checkPublishable } from '../../files/publishable';
import { takeSnapshot, type SnapshotInput } from '../../runner/versions/snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';
import { Browser } from '../../service/testing/browser';
import { addUser } from '../../service/testing/fake-hub';
import { startRunners } from '../../service/testing/fake-runner';
import { readable } from '../../service/testing/page-text';
import { eventually, PUBLISH, startTestService, type TestService } from '../../service/testing/test-service';

/** What the runner finds wrong in the author's files: found by the runner's own code, read on the service's own page. */
interface BadFiles {
  title: string;
  files: Record<string, string>;
  find: () => Promise<unknown>;
  code: ErrorCode;
  /** What the owner reads there, in this order. */
  sentences: string[];
}

let test: TestService;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'dashboards-errors-'));
  test = await startTestService();
});
afterEach(async () => {
  await test.stop();
  await rm(home, { recursive: true });
});

const SOURCE: Source = { kind: 'files', root: '~/sales', entry: 'app.py', scope: 'folder' };
const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
const large = Object.assign(new Error('file too large'), { code: 'EFBIG' });
const forbidden = Object.assign(new Error('permission denied'), { code: 'EACCES' });

const copy = (change: Partial<SnapshotInput> = {}) =>
  takeSnapshot({
    places: placesOf(home, 'd1'),
    home,
    version: 1,
    source: SOURCE,
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined,
    ...change
  });
/** A copier to which `failure` happens: disks and rights are not to be had in every state on every machine. */
const failing = (failure: Error) =>
  copierThat(() => {
    throw failure;
  });
const start = async () => choose({ source: { ...SOURCE, entry: '.' }, framework: null, command: null }, home);

const BAD_FILES: BadFiles[] = [
  {
    title: 'a folder without an entry',
    files: { 'data.csv': '1,2' },
    find: start,
    code: 'entry_missing',
    sentences: ['The folder sales holds no file that a dashboard can start with.', 'Looked for, directly in the folder']
  },
  {
    title: 'a folder with two entries',
    files: { 'a.py': 'from dash import Dash\napp = Dash()\n', 'b.py': 'import streamlit\n' },
    find: start,
    code: 'entry_missing',
    sentences: [
      'has several files that it could be started with.',
      'Choose one of them',
      'a.py (Dash), b.py (Streamlit)'
    ]
  },
  {
    title: 'a folder that nothing is published from',
    files: {},
    find: () => checkPublishable(SOURCE, home, ['shared', '/data']),
    code: 'path_forbidden',
    sentences: ['On this hub, nothing is published from ~/sales.', 'Copy the project into ~/shared or /data']
  },
  {
    title: 'a folder that the server of the dashboard does not see',
    files: {},
    find: () => {
      const place = { inode: '1', newest: null };
      const job = { kind: 'publish', id: 'b', n: 1, source: SOURCE, place, framework: null, command: null } as const;
      return chooseStrategy(job, home, ['snapshot', 'git']);
    },
    code: 'files_not_here',
    sentences: ['The server of this dashboard does not see the files in ~/sales.', 'Publish from a Git repository']
  },
  {
    title: 'a folder that is a file',
    files: { 'app.py': '' },
    find: () => copy({ source: { ...SOURCE, root: '~/sales/app.py' } }),
    code: 'folder_not_readable',
    sentences: ['sales/app.py cannot be read.', 'Check that it is a folder and that you may read it']
  },
  {
    title: 'a file that may not be read',
    files: { 'app.py': '' },
    find: () => copy({ copier: failing(forbidden) }),
    code: 'folder_not_readable',
    sentences: ['Not all of ~/sales can be read.', 'Make the files readable for yourself', 'app.py']
  },
  {
    title: 'a folder of versions that may not be written to',
    files: { 'app.py': '' },
    find: async () => {
      await writeFile(join(home, '.dashboards'), '');
      return copy();
    },
    code: 'folder_not_readable',
    sentences: [
      '.dashboards, where versions are kept, cannot be written to.',
      'Check that it is a folder, that it is yours'
    ]
  },
  {
    title: 'files that keep changing',
    files: { 'app.py': '', 'busy.log': '' },
    find: () => copy({ copier: failing(new FileKeepsChanging()) }),
    code: 'files_keep_changing',
    sentences: ['Some files were being written to', 'Wait until nothing writes to them', 'busy.log']
  },
  {
    title: 'links that lead out of the folder',
    files: { 'app.py': '' },
    find: async () => {
      await symlink('/etc/passwd', join(home, 'sales/accounts'));
      return copy();
    },
    code: 'links_leave_folder',
    sentences: ['Some links in the folder lead out of it.', 'Copy what they lead to', 'accounts -> /etc/passwd']
  },
  {
    title: 'a folder that is too large',
    files: { 'app.py': '', 'a.csv': '', 'b.csv': '' },
    find: () => copy({ limits: { files: 2, bytes: 1e9 } }),
    code: 'too_large',
    sentences: ['The folder holds more than 2 files or 1,000 MB.', 'Publish a smaller folder', '.dashboardignore']
  },
  {
    title: 'a file that is too large',
    files: { 'app.py': '' },
    find: () => copy({ copier: failing(large) }),
    code: 'too_large',
    sentences: ['One of the files is larger than this server may write.', 'Name it in a file .dashboardignore']
  },
  {
    title: 'a disk that is full',
    files: { 'app.py': '' },
    find: () => copy({ copier: failing(full) }),
    code: 'disk_full',
    sentences: ['There is no room left for the files of this version.', 'Delete files in your home folder']
  }
];

describe('whose files cannot be published reads why, and what to do, at the link of the dashboard; others do not:', () => {
  it.each(BAD_FILES)('$title', async ({ files, find, code, sentences }) => {
    await mkdir(join(home, 'sales'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(home, 'sales', name)), { recursive: true });
      await writeFile(join(home, 'sales', name), text);
    }
    const problem = await problemOf(find());
    expect(problem.code).toBe(code);

    const alice = addUser(test.hub, 'alice');
    addUser(test.hub, 'bob');
    const runners = startRunners(test);
    const body = { ...PUBLISH, audience: { kind: 'everyone' } };
    const { build } = (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', body)).body;
    const runner = await eventually(() => runners[0]);
    await runner.result(build.id, { ok: false, problem });

    const [owner, viewer] = [new Browser(test), new Browser(test)];
    await owner.signIn('alice');
    await viewer.signIn('bob');
    const own = await owner.eventually('d/sales', ({ text }) => text.includes('does not work'));
    let rest = readable(own.text);
    for (const sentence of sentences) {
      expect(rest).toContain(sentence);
      rest = rest.slice(rest.indexOf(sentence));
    }
    const seen = readable((await viewer.open('d/sales')).text);
    expect(seen).toContain('Its owner, alice, can see why');
    expect(seen).not.toContain(sentences[0]);
  });
});

/** The problem that this ends with. */
async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason
  );
  if (error instanceof ProblemError) {
    return error.problem;
  }
  throw new Error(`no problem, but ${String(error)}`);
}
