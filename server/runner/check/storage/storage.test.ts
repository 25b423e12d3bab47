import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import {
  createServer,
  request as http,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CheckLine } from '../../../contract';
import { freePorts } from '../../../tests/free-ports';
import { createSmallDisk } from '../../../tests/small-disk';
import { lookUntil } from '../../testing/look-until';
import { userPython } from '../../testing/user-python';

const NOBODY = 65_534;
const ROOT = process.getuid?.() === 0;

let folder: string;
let home: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'storage-'));
  program = join(folder, 'try-storage.js');
  // esbuild's JavaScript interface does not work within jest.
  const runner = join(__dirname, '../..');
  const entries = [
    `try-storage=${join(runner, 'testing/try-storage.ts')}`,
    `copier=${join(runner, 'versions/copier/main.ts')}`,
    `receiver=${join(runner, 'storage/relay/main.ts')}`,
    `push=${join(runner, '../author/push/main.ts')}`
  ];
  const options = ['--bundle', '--platform=node', `--outdir=${folder}`, '--log-level=error'];
  execFileSync(require.resolve('esbuild/bin/esbuild'), [...entries, ...options]);
  execFileSync('chmod', ['0755', folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'));
});

interface Way {
  /** What stands before the program. */
  wrapper?: readonly string[];
  publishable?: readonly string[];
  /** Also where the tests run as root. */
  asRoot?: boolean;
  /** Whether it publishes a project, which takes some seconds. */
  copies?: boolean;
  variables?: Record<string, string>;
}

function begin({ wrapper = [], publishable = [], asRoot = false, copies = true, variables }: Way = {}): ChildProcess {
  const [file = '', ...rest] = [...wrapper, process.execPath, program, home, ...publishable];
  const user = ROOT && !asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in user) {
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, home]);
  }
  return spawn(file, rest, {
    env: { PATH: process.env.PATH, HOME: home, COPIES: copies ? 'yes' : 'no', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user
  });
}

/** What is told of a storage, by id. */
async function lines(way: Way = {}): Promise<Record<string, CheckLine>> {
  const child = begin(way);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  const found = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as CheckLine);
  sentences.push(...found);
  return Object.fromEntries(found.map(line => [line.id, line]));
}

/** All that was told in these tests. */
const sentences: CheckLine[] = [];

/** Of a disk that others keep busy for longer than a second; that is their doing, and true. */
const BUSY = /that takes [\d,]+ ms for one file\.$/;

const states = (found: Record<string, CheckLine>, state: CheckLine['state']) =>
  Object.keys(found).filter(id => {
    const line = found[id];
    return (line && BUSY.test(line.sentence) ? 'ok' : line?.state) === state;
  });

/** In a mount namespace of its own, where `$HOME` is another one for the program alone. */
const mounted = (mounts: string) => ['unshare', '-Urm', 'sh', '-c', `${mounts} && exec "$0" "$@"`];

const IDS = [
  'store',
  'store-device',
  'store-links',
  'store-clones',
  'store-symlinks',
  'store-flush',
  'store-times',
  'store-room',
  'store-anchor',
  'store-sealed',
  'store-overlay',
  'publishable-paths',
  'git',
  'strategy',
  'git-cost',
  'relay-address',
  'relay-cost'
];

/** What git would read a private repository with is kept apart from the home, by the name of the check's folder. */
const secrets = (check: string) => readdirSync('/dev/shm').filter(name => name.includes(`git-${check.slice(1)}`));

describe('the storage of a home', () => {
  it('on an ordinary file system is all right, and nothing of the attempts stays', async () => {
    const running = lines();
    const store = join(home, '.dashboards');
    const check = await lookUntil(() => existsSync(store) && readdirSync(store)[0], 'the folder of the check');
    expect(check).toMatch(/^\.dashboards-check-\w+$/);
    const found = await running;
    expect(Object.keys(found)).toEqual(IDS);
    expect(states(found, 'ok')).toEqual(IDS);
    expect(found['store-sealed']?.sentence).toMatch(/cannot be opened for writing by apps, uid \d+ \(EACCES\)/);
    expect(found.strategy?.sentence).toMatch(
      /^snapshot where the .* sees the files, relay where .*200 files of 1\.0 MB together: [\d.]+ s and [12]\.\d MB .* [\d.]+ s and 0\.\d MB/
    );
    const cost =
      /^[^:]+ 200 files of 1\.0 MB together: [\d.]+ s and [1-4]\.\d MB .* [\d.]+ s and (?:less than 0\.1|0\.\d) MB/;
    expect(found['git-cost']?.sentence).toMatch(cost);
    expect(found['relay-address']?.sentence).toMatch(/find dashboards’ servers, .* at http:\/\/127\.0\.0\.1:\d+\.$/);
    expect(found['relay-cost']?.sentence.replace(/http:\/\/127\.0\.0\.1:\d+/, '…')).toMatch(cost);
    expect(readdirSync(home)).toEqual([]);
    expect(secrets(check)).toEqual([]);
  });

  it('stays as it is where dashboards were published, and what a killed check has left is removed', async () => {
    const left = join(home, '.dashboards', '.dashboards-check-left');
    mkdirSync(join(left, 'deep'), { recursive: true });
    utimesSync(left, 1, 1);
    writeFileSync(join(home, '.dashboards', 'kept'), '');
    expect((await lines({ copies: false })).strategy?.sentence).toMatch(/^live: .* nothing is copied\.$/);
    expect(readdirSync(join(home, '.dashboards'))).toEqual(['kept']);
  });

  it('that root writes to cannot be kept from being written to', async () => {
    const found = await lines({ wrapper: mounted('true'), copies: false });
    expect(states(found, 'warning')).toEqual(['store-sealed']);
    expect(found['store-sealed']).toMatchObject({
      sentence: expect.stringContaining('Servers run as root') as string,
      fix: expect.stringContaining('c.KubeSpawner.uid = 1000') as string
    });
  });

  it('without links makes each version a full copy, and says so', async () => {
    const without = join(__dirname, '../../testing/without-calls.py');
    const found = await lines({ wrapper: [userPython(), without, 'link,symlink'], asRoot: true });
    expect(states(found, 'failed')).toEqual([]);
    expect(found['store-links']?.sentence).toContain('No hard links can be made (EPERM)');
    expect(found['store-symlinks']?.sentence).toBe('Symbolic links cannot be made (EPERM).');
    expect(found.strategy).toMatchObject({ state: 'warning', fix: expect.stringContaining('hard links') as string });
    expect(found['git-cost']?.state).toBe('ok');
    expect(found['relay-cost']?.state).toBe('ok');
    expect(found.strategy?.sentence).toMatch(/each version is a full copy\. .* s and [12]\.\d MB .* s and [12]\.\d MB/);
  });

  it('with versions on another device shares files between versions all the same', async () => {
    const mount = 'mkdir "$HOME/.dashboards" && mount -t tmpfs -o size=600m none "$HOME/.dashboards"';
    const found = await lines({ wrapper: mounted(mount) });
    expect(states(found, 'failed')).toEqual([]);
    expect(found['store-device']?.sentence).toContain('another device than the home folder');
    expect(found.strategy?.sentence).toMatch(/links to the version before.* 0\.\d MB for each further one/);
  });

  it('that is full says what does not fit', async () => {
    const disk = createSmallDisk();
    try {
      const found = await lines({ wrapper: [disk.wrapper], asRoot: true });
      expect(states(found, 'failed')).toEqual(['strategy']);
      expect(states(found, 'not_tried')).toEqual(['git-cost', 'relay-cost']);
      expect(found.strategy).toMatchObject({
        sentence: '200 files of 1.0 MB together, published twice, do not fit: there is no room left.',
        fix: 'Make room, or raise the quota.'
      });
    } finally {
      disk.remove();
    }
  });

  it('with few files left warns of that', async () => {
    const mount = 'mkdir "$HOME/.dashboards" && mount -t tmpfs -o nr_inodes=5000 none "$HOME/.dashboards"';
    const found = await lines({ wrapper: mounted(mount), copies: false });
    expect(found['store-room']).toMatchObject({
      state: 'warning',
      sentence: expect.stringMatching(/^Only .* and 4,\d{3} files are left/) as string,
      fix: expect.stringContaining('quota') as string
    });
  });

  it('that is read-only lets nothing be published, and the rest is not tried', async () => {
    const found = await lines({ wrapper: mounted('mount --bind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME"') });
    expect(states(found, 'failed')).toEqual(['store']);
    expect(found.store?.sentence).toContain('(EROFS): nothing can be published');
    expect(states(found, 'not_tried')).toEqual(IDS.slice(1));
  });

  it('with something else in the place of the folder of versions is named', async () => {
    writeFileSync(join(home, '.dashboards'), 'a file');
    const found = await lines();
    expect(found.store).toMatchObject({ state: 'failed', sentence: expect.stringContaining('(EEXIST)') as string });
    expect(readFileSync(join(home, '.dashboards'), 'utf8')).toBe('a file');
  });

  it('without /proc cannot be copied safely', async () => {
    const found = await lines({ wrapper: mounted('mount -t tmpfs none /proc') });
    expect(found['store-anchor']).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('/proc/self/fd (ENOENT): nothing can be copied') as string,
      fix: expect.stringContaining('/proc') as string
    });
  });

  it('has folders that may be published from, each of which is tried', async () => {
    mkdirSync(join(home, 'projects'));
    const { 'publishable-paths': line } = await lines({
      publishable: ['projects', '~/projects', '/dev/shm', '/gone', 'away'],
      copies: false
    });
    expect(line?.sentence).toBe('Cannot be read where dashboards run: /gone (ENOENT), away (ENOENT).');
    expect(line?.fix).toContain('publishable_paths=');
    const good = (await lines({ publishable: ['projects', '/dev/shm'], copies: false }))['publishable-paths'];
    expect(good?.sentence).toBe('Can be published from: projects, /dev/shm (another device).');
  });

  it('has no repository fetched where a part of git is missing', async () => {
    const program = `${execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()}/git-remote-http`;
    const found = await lines({ wrapper: mounted(`mount --bind /dev/null $(readlink -f ${program})`) });
    expect(states(found, 'failed')).toEqual(['git-cost']);
    expect(found['git-cost']).toMatchObject({
      sentence: expect.stringMatching(/^200 files .* could not be published from a repository: /) as string,
      fix: expect.stringContaining('apt-get install git') as string
    });
  });

  it('has no repository fetched where there is no git', async () => {
    const found = await lines({ variables: { PATH: folder } });
    expect(found.git).toMatchObject({
      state: 'warning',
      fix: expect.stringContaining('apt-get install git') as string
    });
    expect(found['git-cost']).toMatchObject({
      state: 'not_tried',
      sentence: 'Not tried: there is no git, or an old one.'
    });
  });

  it('says of a git that is too old which one is needed', async () => {
    writeFileSync(join(folder, 'git'), '#!/bin/sh\necho git version 2.30.1\n', { mode: 0o755 });
    const found = await lines({ variables: { PATH: `${folder}:${process.env.PATH}` } });
    expect(found.git).toMatchObject({
      state: 'warning',
      sentence:
        'The git where the dashboard runs is too old (git version 2.30.1): 2.37 is needed. Of hosts that git_hosts names, 2.32 can fetch.'
    });
    expect(found['git-cost']).toMatchObject({ state: 'not_tried' });
  });

  describe('that gets files sent', () => {
    const servers: Server[] = [];
    afterEach(() => servers.splice(0).forEach(server => server.close()));

    async function listen(answer: RequestListener): Promise<string> {
      const server = createServer(answer);
      servers.push(server);
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }
    /** Passes on to `port` what `refused` does not answer. */
    const front = (port: number, refused: (request: IncomingMessage, response: ServerResponse) => boolean) =>
      listen((request, response) => {
        if (!refused(request, response)) {
          const { method, url, headers } = request;
          const onward = http({ host: '127.0.0.1', port, method, path: url, headers }, reply => {
            response.writeHead(reply.statusCode ?? 502, reply.headers);
            reply.pipe(response);
          });
          onward.on('error', () => response.destroy());
          request.pipe(onward);
        }
      });

    it('at no address is told what each of them says, and nothing is sent', async () => {
      const [port = 0] = await freePorts(1);
      const other = await listen((_request, response) => response.writeHead(404).end());
      const variables = { RELAY_URL: `http://127.0.0.1:${port}`, ADDRESSES: other };
      const found = await lines({ variables });
      expect(found['relay-address']).toMatchObject({
        state: 'warning',
        sentence: expect.stringContaining(`${other} (status 404).`) as string,
        fix: expect.stringContaining('configure(c, relay_url="http://proxy-public", …)') as string
      });
      expect(found['relay-address']?.sentence).toContain(`http://127.0.0.1:${port} (connect ECONNREFUSED`);
      expect(found['relay-cost']?.sentence).toBe('Not tried: there is no way for files.');
    });

    it('at another address than relay_url is told which one works, and goes there', async () => {
      const [port = 0, nobody = 0] = await freePorts(2);
      const own = `http://127.0.0.1:${port}`;
      const variables = { PORT: String(port), RELAY_URL: `http://127.0.0.1:${nobody}`, ADDRESSES: own };
      const found = await lines({ variables });
      expect(found['relay-address']).toMatchObject({
        state: 'warning',
        fix: expect.stringContaining(`configure(c, relay_url="${own}", …)`) as string
      });
      expect(found['relay-cost']).toMatchObject({ state: 'ok', sentence: expect.stringContaining(own) as string });
    });

    it('at relay_url is not told to change anything because another address fails, which is never tried then', async () => {
      const [port = 0, nobody = 0] = await freePorts(2);
      const [own, other] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${nobody}`];
      const found = await lines({ variables: { PORT: String(port), RELAY_URL: own, ADDRESSES: other } });
      expect(found['relay-address']).toMatchObject({
        state: 'ok',
        fix: null,
        sentence: expect.stringMatching(
          `at ${own}; not at ${other} \\(connect .*\\), which is tried only after that.$`
        ) as string
      });
      expect(found['relay-cost']).toMatchObject({ state: 'ok', sentence: expect.stringContaining(own) as string });
    });

    it('on a way that lets no long requests pass is told so, in time', async () => {
      const [port = 0] = await freePorts(1);
      const way = await front(port, ({ headers }, response) => {
        const long = Number(headers['content-length']) > 10_000;
        if (long) {
          response.writeHead(413).end();
        }
        return long;
      });
      const found = await lines({ variables: { PORT: String(port), ADDRESSES: way, PATIENCE_MS: '3000' } });
      expect(found['relay-address']?.state).toBe('ok');
      expect(found['relay-cost']).toMatchObject({
        state: 'warning',
        sentence: 'To publish 200 files of 1.0 MB together twice by sending them took longer than 3 s.',
        fix: expect.stringContaining('client_max_body_size') as string
      });
      expect(readdirSync(home)).toEqual([]);
    });
  });

  it('is left as it was by a check that is ended in the middle', async () => {
    const child = begin();
    const store = join(home, '.dashboards');
    await lookUntil(() => existsSync(store) && readdirSync(store).length > 0, 'the beginning of the attempts');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(readdirSync(home)).toEqual([]);
  });
});

it('is told in sentences of the documentation', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/operators/storage.md'), 'utf8');
  const documented = [...page.matchAll(/“([^”]+)”/g)].map(([, sentence = '']) => pattern(sentence));
  const told = sentences.filter(({ state }) => state !== 'not_tried').map(({ sentence }) => sentence);
  expect(told.filter(sentence => !documented.some(one => one.test(sentence)))).toEqual([]);
  expect(new Set(told).size).toBeGreaterThan(25);
});

/** `…` stands for what differs. */
function pattern(sentence: string): RegExp {
  const parts = sentence.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}
