import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { Author } from './author';
import { startTestHub, type TestHub } from './hub';
import { CHECKOUT, variable } from './installation';
import { processesOf } from './leftovers';

const run = promisify(execFile);
const hubPython = variable('DASHBOARDS_HUB_PYTHON', 'the Python that has jupyterhub');
const userPython = variable('DASHBOARDS_USER_PYTHON', 'the Python that single-user servers run in');
/** The wheel that is installed in both. */
const wheel = variable('DASHBOARDS_WHEEL', 'the wheel that is installed in both environments');
const environments = [hubPython, userPython].map(python => dirname(dirname(python)));

/** Environments may lie in a folder of the checkout that git does not know. */
const inCheckout = (text: string) =>
  environments.reduce((rest, folder) => rest.replaceAll(folder, ''), text).includes(CHECKOUT);

describe('the wheel', () => {
  it('holds programs, Lab extension and licences, and nothing of the machine it was built on', async () => {
    const script = [
      'import json, sys, zipfile',
      'wheel = zipfile.ZipFile(sys.argv[1])',
      'print(json.dumps({name: wheel.read(name).decode("utf-8") for name in wheel.namelist()}))'
    ].join('\n');
    const { stdout } = await run(hubPython, ['-c', script, wheel], { maxBuffer: 2 ** 27 });
    const files = new Map(Object.entries(JSON.parse(stdout) as Record<string, string>));
    const names = [...files.keys()];
    const only = (pattern: RegExp) => files.get(names.find(name => pattern.test(name)) ?? '') ?? '';

    expect(names.filter(name => /node_modules|\.map$|\.tsx?$|\/tests\/|__pycache__/.test(name))).toEqual([]);
    const telling = (text = '') => text.includes(CHECKOUT) || /^\/\/# sourceMappingURL=/m.test(text);
    expect(names.filter(name => telling(files.get(name)))).toEqual([]);
    expect(only(/js\/service\.js$/)).not.toBe('');
    expect(only(/js\/runner\.js$/)).not.toBe('');
    expect(only(/labextensions\/jupyterhub-dashboards\/static\/remoteEntry\.\w+\.js$/)).not.toBe('');
    expect(names.filter(name => /\/schemas\/jupyterhub-dashboards\/.*\.json$/.test(name))).not.toEqual([]);

    const licences = only(/js\/THIRD-PARTY-LICENSES\.txt$/).split(`\n${'-'.repeat(80)}\n\n`);
    expect(licences.map(text => text.split(' ')[0])).toEqual(expect.arrayContaining(['fastify', 'ws', 'typebox']));
    expect(licences.filter(text => !/\S+ \S+\nLicence: \S[^]+\n\n\S[^]{100}/.test(text))).toEqual([]);
    const ofLab = JSON.parse(only(/static\/third-party-licenses\.json$/)) as { packages: { extractedText: string }[] };
    expect(ofLab.packages.length).toBeGreaterThan(0);
    expect(ofLab.packages.every(({ extractedText }) => extractedText !== '')).toBe(true);
    expect(only(/dist-info\/licenses\/LICENSE$/)).toContain('Redistribution and use');
  });
});

describe('an environment with the wheel', () => {
  const jupyter = async (...args: string[]) => {
    const { stdout, stderr } = await run(userPython, ['-m', 'jupyter', ...args]);
    return (stdout + stderr).replaceAll(/\x1b\[\d+m/g, '');
  };

  it('has the Lab extension, enabled and whole', async () => {
    expect(await jupyter('labextension', 'list')).toMatch(/jupyterhub-dashboards v\S+ enabled OK/);
  });

  it('has the server extension, enabled and whole', async () => {
    const list = await jupyter('server', 'extension', 'list');
    expect(list).toMatch(/jupyterhub_dashboards enabled/);
    expect(list).toMatch(/jupyterhub_dashboards \d\S* OK/);
  });

  it.each([
    ['the Hub', hubPython],
    ['single-user servers', userPython]
  ])('imports the package of %s from itself', async (_, python) => {
    const script = 'import json, sys, jupyterhub_dashboards as d; print(json.dumps([d.__file__, *sys.path]))';
    const { stdout } = await run(python, ['-I', '-c', script]);
    const [file, ...path] = JSON.parse(stdout) as string[];
    expect(file).toContain(dirname(dirname(python)));
    expect(path.filter(inCheckout)).toEqual([]);
  });
});

describe('on a real hub', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub({ users: ['alice'] });
  });
  afterAll(() => hub?.stop());

  it('no process of Hub, service, runner or app knows the checkout', async () => {
    const alice = await Author.of(hub, 'alice');
    const { link } = await alice.steady();
    await alice.sees(link, 'steady');
    // The proxy is no part of the package; the one of these tests comes from npm.
    const traces = processesOf(hub, /./)
      .map(tracesOf)
      .filter(({ commandLine }) => !commandLine.includes('configurable-http-proxy'));
    const programs = traces.map(({ commandLine }) => commandLine).join('\n');
    for (const program of ['-m jupyterhub ', 'js/service.js', 'js/runner.js', 'app.py']) {
      expect(programs).toContain(program);
    }
    expect(traces.flatMap(({ all }) => all).filter(inCheckout)).toEqual([]);
  });
});

/** Whatever of a process could name files: arguments, variables, program, folder, libraries and open files. */
function tracesOf(pid: number): { commandLine: string; all: string[] } {
  const at = `/proc/${pid}`;
  const commandLine = attempt(() => readFileSync(`${at}/cmdline`, 'utf8'), '').replaceAll('\0', ' ');
  const variables = attempt(() => readFileSync(`${at}/environ`, 'utf8'), '').split('\0');
  const maps = attempt(() => readFileSync(`${at}/maps`, 'utf8'), '').split('\n');
  const links = ['exe', 'cwd', ...attempt(() => readdirSync(join(at, 'fd')), []).map(fd => `fd/${fd}`)];
  const files = links.map(link => attempt(() => readlinkSync(join(at, link)), ''));
  return { commandLine, all: [commandLine, ...variables, ...maps, ...files] };
}

/** Processes end, and close files, while one looks. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
