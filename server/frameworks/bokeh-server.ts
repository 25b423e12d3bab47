import type { AppFailure, CommandInput, CommandLine } from './framework';
import { lastFailure } from './log-text';

/**
 * `bokeh serve` and `panel serve` with other addresses: a single app answers at the prefix itself, so that links keep their
 * query, and file names with spaces can be asked for.
 */
const LAUNCHER = `
import importlib, runpy, sys
from urllib.parse import quote

importlib.import_module(sys.argv[1])
from bokeh.command.subcommands import serve

build = serve.build_single_handler_applications


def at_addresses(*args, **options):
    apps = build(*args, **options)
    if len(apps) > 1:
        return {quote(route): app for route, app in apps.items()}
    # Static files of its own would hide Bokeh's, which are at /static.
    return {"/app" if app.static_path else "/": app for app in apps.values()}


serve.build_single_handler_applications = at_addresses
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
`;

/** Logged for every script that raises while a page is made of it, and for one that is not Python when it is loaded. */
const SCRIPT_FAILED = /Error running application handler|^ERROR: Error loading /;

/**
 * @param module - `bokeh` or `panel`
 * @param apps - files or folders, one app each.
 */
export function serveCommand(module: string, input: CommandInput, apps: readonly string[]): CommandLine {
  const options = {
    address: input.host,
    port: input.port,
    prefix: input.prefix.replace(/\/$/, ''),
    // The runner in front has checked origin and viewer.
    'allow-websocket-origin': '*'
  };
  return {
    argv: [
      ...[input.python, '-c', LAUNCHER, module, 'serve'],
      ...apps.map(name => (name.startsWith('-') ? `./${name}` : name)),
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
      '--use-xheaders'
    ],
    env: {}
  };
}

/** The failure of a script, as the Bokeh server logs it. */
export function scriptFailure(log: readonly string[]): AppFailure | null {
  const start = log.findLastIndex(line => SCRIPT_FAILED.test(line));
  return start < 0 ? null : lastFailure(log.slice(start));
}
