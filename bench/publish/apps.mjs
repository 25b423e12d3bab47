import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An app that can be started bare and be published.
 *
 * @typedef {object} App
 * @property {string} title
 * @property {string} framework
 * @property {string} entry
 * @property {(folder: string, marker: string) => void} write makes its files
 * @property {string[]} command what a person types: `{python}` and `{port}` are filled in
 * @property {string} path where its page is, below its address
 * @property {string} part path of something small that the framework answers in every app
 * @property {boolean} [streamlit] the marker comes through the page's WebSocket
 */

/** @type {Record<string, App>} */
export const APPS = {
  voila: {
    title: 'Voila',
    framework: 'voila',
    entry: 'app.ipynb',
    write: (folder, marker) => writeFileSync(join(folder, 'app.ipynb'), notebook(`print("${marker}")`)),
    command: ['{python}', '-m', 'voila', 'app.ipynb', '--no-browser', '--Voila.ip=127.0.0.1', '--port={port}'],
    path: '',
    part: 'voila/static/favicon.ico'
  },
  streamlit: {
    title: 'Streamlit',
    framework: 'streamlit',
    entry: 'app.py',
    write: (folder, marker) =>
      writeFileSync(
        join(folder, 'app.py'),
        `import streamlit as st\n\nst.title("${marker}")\nst.slider("Growth", 0, 10)\n`
      ),
    command: [
      ...['{python}', '-m', 'streamlit', 'run', 'app.py', '--server.address=127.0.0.1', '--server.port={port}'],
      ...['--server.headless=true', '--browser.gatherUsageStats=false']
    ],
    path: '',
    part: '_stcore/health',
    streamlit: true
  },
  dash: {
    title: 'Dash',
    framework: 'dash',
    entry: 'app.py',
    write: (folder, marker) => writeFileSync(join(folder, 'app.py'), dash(marker)),
    command: ['env', 'HOST=127.0.0.1', 'PORT={port}', '{python}', 'app.py'],
    path: '',
    part: '_dash-layout'
  },
  panel: {
    title: 'Panel',
    framework: 'panel',
    entry: 'app.py',
    write: (folder, marker) => writeFileSync(join(folder, 'app.py'), panel(marker)),
    command: ['{python}', '-m', 'panel', 'serve', 'app.py', '--address=127.0.0.1', '--port={port}'],
    path: 'app',
    part: 'metadata'
  }
};

function notebook(code) {
  return JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, id: 'one', metadata: {}, outputs: [], source: [code] }],
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5
  });
}

/** The marker is the page's title: the layout itself comes in a second request. */
function dash(marker) {
  return `from dash import Dash, html

app = Dash(title="${marker}")
app.layout = html.H1("${marker}")
server = app.server

if __name__ == "__main__":
    app.run()
`;
}

/** The script runs before the page is sent, and names it; what it draws comes through a WebSocket. */
function panel(marker) {
  return `import panel as pn

pn.Column("# ${marker}", pn.widgets.IntSlider(name="Growth")).servable(title="${marker}")
`;
}
