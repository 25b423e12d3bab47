import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { FrameworkId } from '../../contract';
import { ProblemError } from '../../problem-error';
import { notebook } from '../testing/notebook';
import { choose } from './choose';

const DASH = 'from dash import Dash\napp = Dash()\n';
const STREAMLIT = 'import streamlit\n';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'choose-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function chosen(
  files: Record<string, string>,
  wish: { entry?: string; framework?: FrameworkId; command?: string; scope?: 'file' } = {},
  allowed?: readonly FrameworkId[]
) {
  await mkdir(path.join(home, 'sales'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(home, 'sales', name), text);
  }
  const { entry = '.', framework = null, command = null, scope = 'folder' } = wish;
  const source = { kind: 'files', root: '~/sales', entry, scope } as const;
  try {
    return choose({ source, framework, command }, home, allowed);
  } catch (error) {
    if (error instanceof ProblemError) {
      return error.problem;
    }
    throw error;
  }
}

describe('a folder', () => {
  it('is started with the file that its rules find', async () => {
    expect(await chosen({ 'sales.py': DASH, 'tools.py': 'import math\n' })).toEqual({
      framework: 'dash',
      reason: 'sales.py makes a Dash app (line 2)',
      source: { kind: 'files', root: '~/sales', entry: 'sales.py', scope: 'folder' }
    });
  });

  it('is refused where the hub does not offer what it was found to be', async () => {
    expect(await chosen({ 'sales.py': DASH }, {}, ['voila', 'static'])).toMatchObject({
      code: 'framework_unknown',
      message: 'This hub does not offer Dash.',
      fix: expect.stringMatching(/^sales\.py makes a Dash app.*Voila, /) as string
    });
  });

  it('of several notebooks is copied whole, whatever was asked for', async () => {
    expect(await chosen({ 'a.ipynb': notebook('1'), 'b.ipynb': notebook('2') }, { scope: 'file' })).toMatchObject({
      framework: 'voila',
      source: { entry: '.', scope: 'folder' }
    });
  });

  it('is run by the framework or the command that its author has chosen', async () => {
    const files = { 'app.py': DASH, 'a.ipynb': notebook('1') };
    expect(await chosen(files, { framework: 'voila' })).toMatchObject({ source: { entry: 'a.ipynb' } });
    await rm(path.join(home, 'sales'), { recursive: true });
    expect(await chosen(files, { command: 'make serve' })).toMatchObject({
      framework: 'command',
      source: { entry: '.' }
    });
  });

  it.each([
    [{ 'data.csv': '1' }, undefined, 'The folder sales holds no file that a dashboard can start with.', /^Looked for/],
    [{ 'app.py': DASH }, 'voila', 'The folder sales holds no file that Voila can start with.', /a notebook/],
    [
      { 'a.py': DASH, 'b.py': STREAMLIT },
      undefined,
      'The folder sales has several files that it could be started with.',
      /There are: a\.py \(Dash\), b\.py \(Streamlit\)\.$/
    ]
  ] as const)('that holds %j, run by %s, says what is missing', async (files, framework, message, fix) => {
    expect(await chosen({ ...files }, { framework })).toEqual({
      code: 'entry_missing',
      message,
      fix: expect.stringMatching(fix)
    });
  });

  it('has no links among its entries', async () => {
    await writeFile(path.join(home, 'secret.py'), DASH);
    await mkdir(path.join(home, 'sales'));
    await symlink('../secret.py', path.join(home, 'sales', 'app.py'));
    const source = { kind: 'files', root: '~/sales', entry: '.', scope: 'folder' } as const;
    expect(() => choose({ source, framework: null, command: null }, home)).toThrow(/holds no file/);
  });
});

describe('a file', () => {
  it('is run by what it is, or by what its author says', async () => {
    expect(await chosen({ 'x.py': DASH }, { entry: 'x.py' })).toMatchObject({ framework: 'dash' });
    await rm(path.join(home, 'sales'), { recursive: true });
    expect(await chosen({ 'x.py': DASH }, { entry: 'x.py', framework: 'streamlit' })).toMatchObject({
      framework: 'streamlit',
      reason: 'The author chose it'
    });
  });

  it('that nobody knows how to run gets a suggestion, where there is one', async () => {
    const text = 'from fastapi import FastAPI\napi = FastAPI()\n';
    expect(await chosen({ 'x.py': text }, { entry: 'x.py' })).toMatchObject({
      code: 'framework_unknown',
      fix: expect.stringContaining('-m uvicorn x:api')
    });
  });
});
