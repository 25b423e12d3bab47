import { detect } from './detect';
import { notebook } from '../runner/testing/notebook';

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

  it.each([
    ['from dash import Dash, html\nserver_app = Dash(__name__)\n', 'app.py makes a Dash app (line 2)'],
    ['import dash\napp = dash.Dash()\nserver = app.server\n', 'app.py makes a Dash app (line 2)'],
    ['import dash\ndef make() -> dash.Dash:\n    return dash.Dash()\n', 'app.py makes a Dash app (line 3)'],
    [
      'from dash import html\nfrom app import app\napp.run(debug=True)\n',
      'app.py imports dash and runs an app (line 3)'
    ]
  ])('knows Dash by the app that is made or run, whatever it is called: %j', (text, reason) => {
    expect(detect({ path: 'app.py', text })).toEqual({ framework: 'dash', reason, confidence: 'certain' });
  });

  it.each([
    'import dash\ndash.register_page(__name__)\n',
    'from dash import html\n# app = Dash()\n',
    'import dash_cytoscape\n'
  ])('does not take %j for a Dash app', text => {
    expect(detect({ path: 'pages/home.py', text })).toBeNull();
  });

  it('knows Panel by what is servable, and takes less for likely', () => {
    expect(detect({ path: 'app.py', text: 'import panel as pn\npn.Row(1).servable()\n' })).toMatchObject({
      framework: 'panel',
      reason: 'app.py shows Panel objects with .servable() (line 2)',
      confidence: 'certain'
    });
    expect(detect({ path: 'app.py', text: 'import panel as pn\npn.serve(x)\n' })).toMatchObject({
      framework: 'panel',
      confidence: 'likely'
    });
  });

  it('tells a notebook that shows Panel objects from one for Voila', () => {
    const text = notebook('import panel as pn\npn.extension()', 'pn.Row(1).servable()');
    expect(detect({ path: 'app.ipynb', text })).toMatchObject({ framework: 'panel', confidence: 'certain' });
    expect(detect({ path: 'app.ipynb', text: notebook('import panel as pn', 'pn.Row(1)') })?.framework).toBe('voila');
  });

  it('knows Bokeh by its document, and not by a plot that Streamlit shows', () => {
    const text = 'from bokeh.io import curdoc\n\ncurdoc().add_root(p)\n';
    expect(detect({ path: 'app.py', text })).toMatchObject({
      framework: 'bokeh',
      reason: "app.py adds to Bokeh's document with curdoc() (line 3)"
    });
    expect(detect({ path: 'app.py', text: 'from bokeh.plotting import figure\nshow(figure())\n' })).toBeNull();
    expect(detect({ path: 'app.py', text: `import streamlit\n${text}` })?.framework).toBe('streamlit');
  });

  it('knows a web page by its name', () => {
    expect(detect({ path: 'a/report.html', text: '' })).toMatchObject({
      framework: 'static',
      reason: 'report.html is a web page'
    });
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
