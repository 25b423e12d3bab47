import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';

import { EngineBench } from '../testing/engine-bench';
import { notebook } from '../testing/notebook';

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.dispose());

const PANEL = 'import panel as pn\npn.Row(pn.widgets.IntSlider()).servable()\n';
const BOKEH = 'from bokeh.io import curdoc\nfrom bokeh.models import Div\ncurdoc().add_root(Div(text="Sales"))\n';

describe('a Panel app', () => {
  it('answers at its prefix, and its script is run once by the publish and once by each visit', async () => {
    const runs = path.join(bench.home, 'runs');
    await appendFile(runs, '');
    const text = `${PANEL}open(${JSON.stringify(runs)}, "a").write("x")\n`;
    expect(await bench.publish(1, await bench.source({ 'my app.py': text }, 'my app.py'))).toMatchObject({
      framework: 'panel'
    });
    expect(await readFile(runs, 'utf8')).toBe('x');
    expect(await bench.get(1, '?region=north')).toMatchObject({
      status: 200,
      body: expect.stringContaining('"token"')
    });
    expect(await readFile(runs, 'utf8')).toBe('xx');
  });

  it('may be a notebook, and several may lie side by side', async () => {
    await bench.publish(1, await bench.source({ 'a.ipynb': notebook(PANEL), 'two words.ipynb': notebook(PANEL) }));
    expect((await bench.get(1)).body).toContain('two%20words');
    expect((await bench.get(1, 'two%20words')).body).toContain('"token"');
  });

  it.each([
    [
      'raises',
      `${PANEL}def total():\n    return {}["tea"]\ntotal()\n`,
      "The app failed: KeyError: 'tea'",
      'line 4, in total'
    ],
    ['shows nothing', 'import panel as pn\npn.Row(1)\n', 'The app runs, but shows nothing.', ''],
    [
      'needs what is not installed',
      `import no_tea\n${PANEL}`,
      'The app needs the Python module no_tea',
      'line 1, in <module>'
    ]
  ])('that %s is not published', async (_what, text, message, line) => {
    const { code, detail = '', ...told } = await bench.refused(1, await bench.source({ 'app.py': text }, 'app.py'));
    expect([code, told.message]).toEqual(['app_failed', expect.stringContaining(message)]);
    expect(detail).toContain(line);
    expect(detail).not.toContain('site-packages');
  });

  it('among several that fails is named', async () => {
    expect(await bench.refused(1, await bench.source({ 'a.py': PANEL, 'b.py': `${PANEL}{}["tea"]\n` }))).toMatchObject({
      message: "b.py failed: KeyError: 'tea'",
      fix: expect.stringContaining('.dashboardignore')
    });
  });
});

describe('a Bokeh app', () => {
  it('of a folder with main.py has its theme, its template and its own static files', async () => {
    const files = {
      'main.py': BOKEH,
      'theme.yaml': 'attrs: {}\n',
      'static/style.css': 'h1 { color: teal }\n',
      'templates/index.html': '{% extends base %}{% block title %}Tea sales{% endblock %}'
    };
    expect(await bench.build(1, await bench.source(files))).toMatchObject({
      ok: true,
      entry: 'main.py',
      framework: 'bokeh'
    });
    expect((await bench.get(1)).location).toBe('/user/alice/dash-sales-ab12/v/1/app');
    expect((await bench.get(1, 'app')).body).toContain('Tea sales');
    expect((await bench.get(1, 'app/static/style.css')).body).toContain('teal');
    expect((await bench.get(1, 'static/js/bokeh.min.js')).status).toBe(200);
  });

  it.each([
    ['raises after it has shown something', `${BOKEH}{}["tea"]\n`, "The app failed: KeyError: 'tea'", 'line 4'],
    ['is not Python', `${BOKEH}(\n`, "The app failed: SyntaxError: '(' was never closed", 'line 4']
  ])('that %s is not published', async (_what, text, message, line) => {
    expect(await bench.refused(1, await bench.source({ 'app.py': text }))).toMatchObject({
      code: 'app_failed',
      message,
      detail: expect.stringContaining(line)
    });
  });
});
