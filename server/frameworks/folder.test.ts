import { notebook } from '../runner/testing/notebook';
import { detectFolder, folderApps } from './folder';

const STREAMLIT = 'import streamlit as st\n';
const DASH = 'from dash import Dash\napp = Dash()\n';
const PANEL = 'import panel as pn\npn.Row(1).servable()\n';
const BOKEH = 'from bokeh.io import curdoc\ncurdoc().add_root(p)\n';
const HELPER = 'import math\n';
const PANEL_NOTEBOOK = notebook('import panel as pn', 'pn.Row(1).servable()');

function files(texts: Record<string, string>) {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}

describe('a folder', () => {
  it.each([
    ['a usual name', { 'z.py': STREAMLIT, 'app.py': DASH, 'index.html': '' }, 'app.py', 'dash'],
    ['a usual notebook', { 'z.py': STREAMLIT, 'index.ipynb': notebook('1') }, 'index.ipynb', 'voila'],
    ['the only script', { 'Home.py': STREAMLIT, 'a.ipynb': notebook('1'), 'x.html': '' }, 'Home.py', 'streamlit'],
    [
      'the script that helpers do not hide',
      { 'sales.py': `import tools\n${DASH}`, 'tools.py': DASH },
      'sales.py',
      'dash'
    ],
    [
      'what an index script imports',
      { 'index.py': 'import dash\nfrom app import app\napp.run()\n', 'app.py': DASH },
      'index.py',
      'dash'
    ],
    ['a usual name that holds nothing', { 'app.py': HELPER, 'sales.py': PANEL }, 'sales.py', 'panel'],
    ['several Panel apps', { 'a.py': PANEL, 'b.py': PANEL, 'c.py': HELPER }, '.', 'panel'],
    ['several Bokeh apps', { 'a.py': BOKEH, 'b.py': BOKEH }, '.', 'bokeh'],
    ['Panel notebooks', { 'a.ipynb': PANEL_NOTEBOOK, 'b.ipynb': PANEL_NOTEBOOK }, '.', 'panel'],
    ['several notebooks', { 'a.ipynb': notebook('1'), 'b.ipynb': notebook('2') }, '.', 'voila'],
    ['a notebook', { 'a.ipynb': notebook('1'), 'tools.py': HELPER }, 'a.ipynb', 'voila'],
    ['a web site', { 'index.html': '', 'about.html': '', 'a.ipynb': notebook('1') }, '.', 'static'],
    ['a web page', { 'report.html': '' }, 'report.html', 'static'],
    ['a Bokeh application with main.py', { 'main.py': BOKEH, 'other.py': BOKEH }, 'main.py', 'bokeh']
  ] as const)('is started with %s', (_what, texts, entry, framework) => {
    expect(detectFolder(files(texts)).choice).toMatchObject({ entry, framework });
  });

  it.each([
    ['nothing is recognised', { 'app.py': HELPER, 'broken.ipynb': '{' }],
    ['there is nothing', {}],
    ['several frameworks are there', { 'a.py': STREAMLIT, 'b.py': DASH }],
    ['one framework cannot serve several', { 'a.py': STREAMLIT, 'b.py': STREAMLIT }],
    ['no page is the first one', { 'a.html': '', 'b.html': '' }],
    ['a command would have to be guessed', { 'app.py': 'from fastapi import FastAPI\napp = FastAPI()\n' }]
  ])('needs a person where %s', (_what, texts) => {
    expect(detectFolder(files(texts)).choice).toBeNull();
  });

  it('says why', () => {
    const reason = (texts: Record<string, string>) => detectFolder(files(texts)).choice?.reason;
    expect(reason({ 'app.py': DASH })).toBe('app.py makes a Dash app (line 2)');
    expect(reason({ 'app.py': DASH, 'b.py': DASH })).toBe(
      'app.py makes a Dash app (line 2), and a file of that name is what a folder usually starts with'
    );
    expect(reason({ 'a.py': PANEL, 'b.py': PANEL })).toBe('the folder holds 2 Panel apps (a.py, b.py)');
    const notebooks = Object.fromEntries(['a', 'b', 'c', 'd'].map(name => [`${name}.ipynb`, notebook('1')]));
    expect(reason(notebooks)).toBe('the folder holds 4 notebooks (a.ipynb, b.ipynb, c.ipynb, …)');
    expect(reason({ 'index.html': '' })).toBe('the folder holds index.html');
  });

  it('is looked at for one framework alone where its author has chosen that', () => {
    const mixed = files({ 'app.py': DASH, 'a.ipynb': notebook('1'), 'b.ipynb': notebook('2'), 'x.html': '' });
    expect(detectFolder(mixed, 'voila').choice).toMatchObject({ entry: '.', framework: 'voila' });
    expect(detectFolder(mixed, 'static').choice).toMatchObject({ entry: 'x.html' });
    expect(detectFolder(mixed, 'bokeh')).toEqual({ choice: null, entries: [] });
  });

  it('names the others after the choice, and the apps that it serves', () => {
    const two = files({ 'b.py': PANEL, 'a.py': PANEL, 'helper.py': HELPER });
    expect(detectFolder(two).entries.map(({ entry }) => entry)).toEqual(['.', 'a.py', 'b.py']);
    expect(folderApps(two, 'panel')).toEqual(['a.py', 'b.py']);
  });
});
