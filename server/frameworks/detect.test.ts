import { detect, detectFolder } from './detect';

const NOTEBOOK = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });

describe('detect', () => {
  it('knows a notebook by its content', () => {
    expect(detect({ path: 'a/app.ipynb', text: NOTEBOOK })).toEqual({
      framework: 'voila',
      reason: 'app.ipynb is a notebook',
      confidence: 'certain'
    });
    expect(detect({ path: 'app.ipynb', text: 'not a notebook' })).toBeNull();
    expect(detect({ path: 'app.ipynb', text: '[]' })).toBeNull();
    expect(detect({ path: 'data.json', text: NOTEBOOK })).toBeNull();
  });

  it.each([
    ['import streamlit as st\n', 1],
    ['# Sales\nimport pandas as pd, streamlit\n', 2],
    ['"""\nimport nothing\n"""\n\nfrom streamlit.components import v1\n', 5],
    ['try:\r\n    import streamlit\r\nexcept ImportError:\r\n    pass\r\n', 2]
  ])('knows Streamlit by its import: %j', (text, line) => {
    expect(detect({ path: 'app.py', text })).toMatchObject({
      framework: 'streamlit',
      reason: `app.py imports streamlit (line ${line})`
    });
  });

  it.each([
    '# import streamlit\n',
    'import streamlit_extras\n',
    '"""\nimport streamlit\n"""\n',
    'print("import streamlit")',
    ''
  ])('does not take %j for Streamlit', text => {
    expect(detect({ path: 'app.py', text })).toBeNull();
  });

  it('suggests a command line for FastAPI, and asks a person about Flask', () => {
    expect(detect({ path: 'main.py', text: 'from fastapi import FastAPI\napi = FastAPI()\n' })).toMatchObject({
      framework: 'command',
      confidence: 'likely',
      command: '{python} -m uvicorn main:api --host {host} --port {port} --root-path {base_url}'
    });
    expect(detect({ path: 'app.py', text: 'from flask import Flask\napp = Flask(__name__)\n' })).toBeNull();
  });
});

describe('detectFolder', () => {
  it.each([
    [['z.py', 'app.py', 'index.ipynb'], 'index.ipynb'],
    [['main.py', 'streamlit_app.py', 'data.csv'], 'streamlit_app.py'],
    [['Report.ipynb', 'a.py', 'b.py'], 'Report.ipynb'],
    [['only.py', 'README.md'], 'only.py'],
    [['a.ipynb', 'b.ipynb', 'only.py'], null],
    [['data.csv'], null],
    [[], null]
  ])('starts %j with %j', (names, entry) => {
    expect(detectFolder(names)).toBe(entry);
  });
});
