import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';

import { EngineBench, environmentOf } from '../testing/engine-bench';

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.dispose());

const PAGE = 'from dash import Dash, html\nsales = Dash(__name__)\nsales.layout = html.H1("Sales")\n';

describe('a Dash app', () => {
  it('of any name is served under its prefix, its file run once and never with the debugger', async () => {
    const runs = path.join(bench.home, 'runs');
    await appendFile(runs, '');
    const text = `${PAGE}open(${JSON.stringify(runs)}, "a").write("x")\nif __name__ == "__main__":\n    sales.run(debug=True, port=1)\n`;
    const version = await bench.publish(1, await bench.source({ 'my app.py': text }, 'my app.py'));
    expect(version).toMatchObject({ framework: 'dash' });
    expect(await readFile(runs, 'utf8')).toBe('x');
    const page = await bench.get(1);
    expect(page.body).toContain('/user/alice/dash-sales-ab12/v/1/_dash-component-suites/');
    expect(page.body).not.toMatch(/"ui":true|hot_reload/);
    expect((await bench.get(1, '_dash-layout')).body).toContain('Sales');
    expect(bench.processes().flatMap(environmentOf).join('\n')).not.toMatch(/JUPYTERHUB|canary/);
  });

  it('is the one that is run, where there are several, also if another file has made it', async () => {
    const files = {
      'shell.py': PAGE.replaceAll('sales', 'shell'),
      'index.py':
        'from dash import html\nfrom shell import shell\nshell.layout = html.H2("Whole")\nshell.run(debug=True)\n'
    };
    await bench.publish(1, await bench.source(files));
    expect((await bench.get(1, '_dash-layout')).body).toContain('Whole');
  });

  it('keeps routes of its own Flask server, prefixes of several apps, and pages that import it', async () => {
    const files = {
      'app.py': [
        'from dash import Dash, html',
        'from flask import Flask',
        'server = Flask(__name__)',
        'runs = []',
        '@server.route("/hello")',
        'def hello():',
        '    return f"hello {len(runs)}"',
        'runs.append(1)',
        'one = Dash(__name__, server=server, url_base_pathname="/one/")',
        'one.layout = html.P("first")',
        'two = Dash(__name__, server=server, url_base_pathname="/two/", requests_pathname_prefix=None)',
        'two.layout = html.P("second")',
        'import helper',
        'if __name__ == "__main__":',
        '    server.run()'
      ].join('\n'),
      'helper.py': 'from app import runs\nassert len(runs) == 1, "app.py has been run twice"\n'
    };
    await bench.publish(1, await bench.source(files, 'app.py'));
    expect((await bench.get(1, 'hello')).body).toBe('hello 1');
    expect((await bench.get(1)).location).toBe('/user/alice/dash-sales-ab12/v/1/one/');
    expect((await bench.get(1, 'two/_dash-layout')).body).toContain('second');
  });

  it.each([
    ['raises when it is run', `${PAGE}{}["tea"]\n`, "The app failed: KeyError: 'tea'", 'line 4, in <module>'],
    [
      'has a layout that raises for a viewer',
      `${PAGE}calls = []\ndef layout():\n    calls.append(1)\n    return html.H1("Sales" if len(calls) < 2 else {}["tea"])\nsales.layout = layout\n`,
      "The app failed: KeyError: 'tea'",
      'line 7, in layout'
    ],
    ['has no layout', 'from dash import Dash\napp = Dash(__name__)\n', 'The app runs, but has no layout.', ''],
    [
      'makes no app',
      'import dash\ndef make():\n    return dash.Dash()\n',
      'The app failed: app.py makes no Dash app.',
      ''
    ],
    [
      'needs what is not installed',
      'import yaml_of_tea\nimport dash\napp = dash.Dash()\n',
      'The app needs the Python module yaml_of_tea, which is not installed.',
      'line 1, in <module>'
    ]
  ])('that %s is not published', async (_what, text, message, line) => {
    const { code, detail = '', ...told } = await bench.refused(1, await bench.source({ 'app.py': text }, 'app.py'));
    expect([code, told.message]).toEqual(['app_failed', expect.stringContaining(message)]);
    expect(detail).toContain(line);
    expect(detail).not.toContain('site-packages');
  });
});
