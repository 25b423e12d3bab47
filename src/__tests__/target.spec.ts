import type { Contents } from '@jupyterlab/services';

import { inspect } from '../publish/target';

const notebook = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });

/** A contents manager over these files; folders are what lies above them. */
function contents(files: Record<string, string>): Contents.IManager {
  const model = (path: string, change: object) => ({ path, name: path.split('/').at(-1), size: 10, ...change });
  const local = (path: string) => path.replace(/^RTC:/, '');
  const manager = {
    driveName: (path: string) => (path.startsWith('RTC:') ? 'RTC' : ''),
    localPath: local,
    get: async (path: string, options: Contents.IFetchOptions) => {
      const text = files[local(path)];
      if (text !== undefined) {
        return model(path, { type: 'file', content: options.content === false ? null : text });
      }
      const inside = Object.keys(files).filter(file => file.startsWith(`${local(path)}/`));
      return model(path, { type: 'directory', content: inside.map(file => model(file, { type: 'file' })) });
    }
  };
  return manager as unknown as Contents.IManager;
}

describe('inspect', () => {
  it('takes a file for itself, whatever else lies beside it', async () => {
    const target = await inspect(contents({ 'a/app.py': 'import streamlit as st', 'a/x.ipynb': notebook }), 'a/app.py');
    expect(target).toMatchObject({ folder: 'a', wholeFolder: false, drive: '' });
    expect(target.candidates).toHaveLength(1);
    expect(target.candidates[0]).toMatchObject({ entry: 'app.py', detection: { framework: 'streamlit' } });
  });

  it('knows the folder of a file on the collaborative drive', async () => {
    const target = await inspect(contents({ 'a/x.ipynb': notebook }), 'RTC:a/x.ipynb');
    expect(target).toMatchObject({ folder: 'a', drive: 'RTC' });
    expect(target.candidates[0]?.detection?.framework).toBe('voila');
  });

  it('offers the usual entry of a folder first', async () => {
    const files = { 'a/analysis.py': '', 'a/app.py': 'import streamlit', 'a/data.csv': '1,2' };
    const target = await inspect(contents(files), 'a');
    expect(target.wholeFolder).toBe(true);
    expect(target.candidates.map(({ entry }) => entry)).toEqual(['app.py', 'analysis.py']);
  });

  it('prefers what it recognises where no name is usual', async () => {
    const files = { 'a/a_tools.py': 'import os', 'a/sales.py': 'import streamlit', 'a/z.py': '' };
    const target = await inspect(contents(files), 'a');
    expect(target.candidates[0]?.entry).toBe('sales.py');
  });

  it('offers a folder as a whole where its files go side by side', async () => {
    const files = { 'a/one.ipynb': notebook, 'a/two.ipynb': notebook, 'a/data.csv': '1' };
    const target = await inspect(contents(files), 'a');
    expect(target.candidates.map(({ entry }) => entry)).toEqual(['.', 'one.ipynb', 'two.ipynb']);
    expect(target.candidates[0]?.detection).toMatchObject({
      framework: 'voila',
      reason: expect.stringContaining('2 notebooks')
    });
  });

  it('offers web pages', async () => {
    expect((await inspect(contents({ 'a/x.html': '<p>' }), 'a/x.html')).candidates[0]?.detection?.framework).toBe(
      'static'
    );
    const site = await inspect(contents({ 'a/index.html': '', 'a/more.html': '' }), 'a');
    expect(site.candidates.map(({ entry }) => entry)).toEqual(['.', 'index.html', 'more.html']);
  });

  it('finds nothing in a folder without notebooks and scripts', async () => {
    expect((await inspect(contents({ 'a/data.csv': '1' }), 'a')).candidates).toEqual([]);
  });

  it('leaves a broken notebook to its author', async () => {
    expect((await inspect(contents({ 'a/x.ipynb': '{' }), 'a/x.ipynb')).candidates[0]?.detection).toBeNull();
  });
});
