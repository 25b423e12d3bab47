import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { ProblemError } from '../../../problem-error';
import { DEFAULT_LIMITS } from '../../../files/limits';
import { createRepository, type GitRepository } from '../../testing/git-repository';
import { startGitServer } from '../../testing/git-server';
import { addLfs, type LfsServer } from '../../testing/lfs-server';
import { createFixture, ENVIRONMENT, type Fixture } from '../../testing/git-fixture';

const TOKEN = 'glpat-canary-of-large-files';
const BIG = Buffer.alloc(3_000_000, 'big and the same ');

/** What `git lfs track` writes, for the files of these tests. */
const RULES = '*.bin filter=lfs diff=lfs merge=lfs -text\n/tool filter=lfs\n/data filter=lfs\ny filter=lfs\n';

let fixture: Fixture;
let lfs: LfsServer;
beforeEach(async () => {
  fixture = await createFixture();
  fixture.repository.commit({ '.gitattributes': RULES });
  lfs = addLfs(fixture.server);
});
afterEach(() => fixture.end());

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return 'none';
  } catch (error) {
    return error instanceof ProblemError ? JSON.stringify(error.problem) : String(error);
  }
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

function pointer(content: Buffer): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`;
}

/** Commits a file as `git lfs` does, and keeps its content at the server. */
function keep(file: string, content: Buffer, repository: GitRepository = fixture.repository): string {
  lfs.objects.set(sha256(content), content);
  return repository.commit({ '.gitattributes': RULES, [file]: pointer(content) });
}

/** As the author's administrator has it: certificates are believed that a variable names. */
const ask = (origin: object = {}, options: object = {}) =>
  fixture.fetch(
    { lfs: true, ...origin },
    { environment: { ...ENVIRONMENT, GIT_SSL_CAINFO: fixture.server.certificate }, ...options }
  );

const stored = () => readdirSync(path.join(fixture.dashboard, 'git', 'lfs')).sort();

it('brings what the real git lfs has pushed, whole, and the same file for each version', async () => {
  const { repository, server } = fixture;
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', `http.sslCAInfo=${server.certificate}`, ...args], {
      cwd: repository.folder,
      env: { ...ENVIRONMENT, HOME: fixture.folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }
    });
  await git('lfs', 'install', '--local', '--skip-smudge');
  await git('lfs', 'track', '*.bin');
  repository.commit({ 'app.py': '1', 'data/big.bin': BIG, 'same.bin': BIG, 'small.bin': 'small' });
  expect(repository.git('show', 'HEAD:data/big.bin')).toBe(pointer(BIG).trim());
  await git('remote', 'add', 'lfs', fixture.url);
  await git('lfs', 'push', '--all', 'lfs');
  expect(lfs.objects.size).toBe(2);
  const { root } = await ask();
  expect(readFileSync(path.join(root, 'data/big.bin')).equals(BIG)).toBe(true);
  expect(readFileSync(path.join(root, 'same.bin')).equals(BIG)).toBe(true);
  expect(readFileSync(path.join(root, 'small.bin'), 'utf8')).toBe('small');
  expect(fixture.lines).toContain('Fetching 2 files of Git LFS, 3 MB.');

  const before = statSync(path.join(root, 'data/big.bin'));
  linkSync(path.join(root, 'data/big.bin'), path.join(fixture.folder, 'version'));
  lfs.requests.length = 0;
  repository.commit({ 'app.py': '2', 'small.bin': null });
  await ask();
  expect(lfs.requests).toEqual([]);
  const after = statSync(path.join(root, 'data/big.bin'));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  expect(readFileSync(path.join(root, 'app.py'), 'utf8')).toBe('2');
  // What no version needs any more is not kept, and what one shares stays as it is.
  expect(stored()).toEqual([sha256(BIG)]);
  expect(readFileSync(path.join(fixture.folder, 'version')).equals(BIG)).toBe(true);
});

it('brings those of the wanted folder alone, and not what .dashboardignore leaves out', async () => {
  keep('apps/sales/big.bin', BIG);
  fixture.repository.commit({ 'apps/sales/app.py': '1', 'apps/sales/.dashboardignore': 'old/\n' });
  fixture.repository.commit({
    'apps/other/x.bin': pointer(Buffer.from('x')),
    'apps/sales/old/y': pointer(Buffer.from('y'))
  });
  const { root } = await ask({ root: 'apps/sales' });
  expect(readFileSync(path.join(root, 'big.bin')).equals(BIG)).toBe(true);
  expect(stored()).toEqual([sha256(BIG)]);
});

it('asks for nothing where a file only looks like one that is kept there', async () => {
  const text = pointer(BIG);
  fixture.repository.commit({
    '.gitattributes': '[attr]large filter=lfs -text\n*.bin large\n',
    'app/app.py': '1',
    'app/example.txt': text,
    'app/examples/.gitattributes': '*.bin -filter\n',
    'app/examples/x.bin': text
  });
  const { root } = await fixture.fetch({ root: 'app' });
  expect(readFileSync(path.join(root, 'example.txt'), 'utf8')).toBe(text);
  expect(readFileSync(path.join(root, 'examples/x.bin'), 'utf8')).toBe(text);
  await ask();
  expect(lfs.requests).toEqual([]);
  fixture.repository.commit({ 'app/real.bin': text });
  expect(await problem(fixture.fetch({ root: 'app' }))).toMatch(/git_unsupported.*Git LFS.*"real.bin"/);
});

it('keeps the mode of a program', async () => {
  keep('tool', BIG);
  keep('data', BIG);
  fixture.repository.git('update-index', '--chmod=+x', 'tool');
  fixture.repository.git('commit', '-qm', 'program');
  fixture.repository.push();
  const { root } = await ask();
  expect(['tool', 'data'].map(name => statSync(path.join(root, name)).mode & 0o111)).toEqual([0o111, 0]);
});

it('brings those of a submodule from its own repository', async () => {
  const library = createRepository(fixture.folder, 'library');
  const commit = keep('model.bin', BIG, library);
  fixture.repository.commit({ 'app.py': '1', '.gitmodules': '[submodule "m"]\n\tpath = m\n\turl = ../library.git\n' });
  fixture.repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},m`);
  fixture.repository.git('commit', '-qm', 'submodule');
  fixture.repository.push();
  expect(await problem(fixture.fetch({ submodules: true }))).toMatch(/git_unsupported.*Git LFS.*m\/model.bin/);
  const { root } = await ask({ submodules: true });
  expect(readFileSync(path.join(root, 'm/model.bin')).equals(BIG)).toBe(true);
  expect(lfs.requests[0]).toMatch(/^POST \/library.git\/info\/lfs\/objects\/batch/);
});

it('makes good what was done to a file that is kept', async () => {
  keep('big.bin', BIG);
  const { root } = await ask();
  const file = path.join(fixture.dashboard, 'git', 'lfs', sha256(BIG));
  const changed = Buffer.from(BIG);
  changed[5] = 0;
  writeFileSync(file, changed);
  await ask();
  expect(readFileSync(path.join(root, 'big.bin')).equals(BIG)).toBe(true);
  // One that was begun when everything ended.
  writeFileSync(`${file}.abc.part`, 'begun');
  await ask();
  expect(stored()).toEqual([sha256(BIG)]);
});

describe('what a server says is anybody’s word', () => {
  it.each([
    ['other content of that length', Buffer.from('b'.repeat(1_000)), /git_failed.*is not that file/],
    ['more than was said', Buffer.alloc(5_000_000), /git_failed.*is not that file/],
    ['less than was said', Buffer.from('a'.repeat(999)), /git_failed.*is not that file/]
  ])('%s', async (_what, content, said) => {
    const real = Buffer.from('a'.repeat(1_000));
    keep('x.bin', real);
    lfs.objects.set(sha256(real), content);
    expect(await problem(ask())).toMatch(said);
    expect(stored()).toEqual([]);
  });

  it.each([
    ['http://127.0.0.1:1/x', /git_address.*not over http/],
    ['https://10.0.0.7/x', /git_address/],
    ['https://169.254.169.254/latest/meta-data', /git_address/],
    ['https://localhost/x', /git_address/],
    ['https://2130706433/x', /git_address|127.0.0.1/],
    ['file:///etc/passwd', /git_address.*none of the web/],
    ['https://alice:secret@127.0.0.1/x', /git_address.*none of the web/],
    ['data:text/plain,x', /git_address/]
  ])('a place like %s', async (href, said) => {
    keep('x.bin', BIG);
    lfs.place = () => ({ href });
    expect(await problem(ask())).toMatch(said);
  });

  it('a name that leads into a private network', async () => {
    keep('x.bin', BIG);
    lfs.place = () => ({ href: `https://objects.example.org:${fixture.server.port}/x` });
    const lookup = () => Promise.resolve(['8.8.8.8', '10.0.0.7']);
    expect(await problem(ask({}, { lookup, hosts: ['127.0.0.1', '*'] }))).toMatch(/git_address.*private network/);
    expect(await problem(ask({}, { lookup }))).toMatch(/git_address.*no repositories from objects.example.org/);
  });

  it('a redirect to where nobody may go; one to a place that is allowed is followed without what was sent along', async () => {
    keep('x.bin', BIG);
    let to = 'https://10.0.0.7/x';
    const authorizations: unknown[] = [];
    lfs.place = (_oid, { href }) => ({ href: `${href}/sent-on`, header: { Authorization: 'Bearer of-the-action' } });
    lfs.answer = (request, response) => {
      if (!request.url?.endsWith('/sent-on')) {
        authorizations.push(request.url?.endsWith('/batch') ? 'batch' : request.headers.authorization);
        return false;
      }
      authorizations.push(request.headers.authorization);
      response.writeHead(302, { location: to }).end();
      return true;
    };
    expect(await problem(ask())).toMatch(/git_address/);
    to = `${fixture.url}/info/lfs/objects/${sha256(BIG)}`;
    authorizations.length = 0;
    await ask();
    expect(authorizations).toEqual(['batch', 'Bearer of-the-action', undefined]);
    to = `${fixture.url}/info/lfs/objects/${sha256(BIG)}/sent-on`;
    rmSync(path.join(fixture.dashboard, 'git', 'lfs'), { recursive: true });
    expect(await problem(ask())).toMatch(/git_unreachable.*sends on/);
  });

  it.each([
    ['no JSON', '<html>', /git_unsupported.*does not answer as servers of Git LFS do/],
    ['another shape', '{"objects":[{"oid":5}]}', /git_unsupported/],
    ['nothing of what was asked', '{"objects":[]}', /git_failed.*does not have the content of x.bin/]
  ])('%s', async (_what, body, said) => {
    keep('x.bin', BIG);
    lfs.answer = (_request, response) => {
      response.writeHead(200).end(body);
      return true;
    };
    expect(await problem(ask())).toMatch(said);
  });

  it('a file that was never pushed does not have everything fetched once more', async () => {
    fixture.repository.commit({ 'app.py': '1' });
    await ask();
    const mirror = path.join(fixture.dashboard, 'git', 'mirror');
    const { birthtimeMs } = statSync(mirror);
    fixture.repository.commit({ 'x.bin': pointer(BIG) });
    fixture.server.requests.length = 0;
    expect(await problem(ask())).toMatch(/git_failed.*does not have the content of x.bin/);
    expect(statSync(mirror).birthtimeMs).toBe(birthtimeMs);
    expect(lfs.requests).toHaveLength(1);
  });

  it('headers that would change the way of the request are not sent', async () => {
    keep('x.bin', BIG);
    const seen: (string | undefined)[] = [];
    lfs.place = (_oid, { href }) => ({
      href,
      header: {
        Host: 'metadata.internal',
        'Transfer-Encoding': 'chunked',
        'X-A\r\nB': 'c',
        'X-Good': 'yes',
        'X-Cut': 'a\r\nb'
      }
    });
    lfs.answer = request => {
      seen.push(
        request.headers.host,
        request.headers['x-good'] as string | undefined,
        request.headers['x-cut'] as undefined
      );
      return false;
    };
    await ask();
    const host = `127.0.0.1:${fixture.server.port}`;
    expect(seen).toEqual([host, undefined, undefined, host, 'yes', undefined]);
  });

  it('a server that ends in the middle, and one that is overloaded, may be asked again', async () => {
    keep('x.bin', BIG);
    lfs.answer = (request, response) => {
      if (request.method === 'POST') {
        return false;
      }
      response.writeHead(200, { 'content-length': BIG.length });
      response.write(BIG.subarray(0, 1_000_000), () => response.destroy());
      return true;
    };
    expect(await problem(ask())).toMatch(/git_unreachable.*broke off/);
    expect(stored()).toEqual([]);
    lfs.answer = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await problem(ask())).toMatch(/git_unreachable/);
  });
});

it.each(['POST', 'GET'])('a server that sends a byte now and then is given up (%s)', async slow => {
  keep('x.bin', BIG);
  // So that the time is that of the file, and not of the commit.
  expect(await problem(fixture.fetch())).toMatch(/git_unsupported/);
  let dripping: NodeJS.Timeout | undefined;
  const gone = new Promise(resolve => {
    lfs.answer = (request, response) => {
      if (request.method !== slow) {
        return false;
      }
      response.writeHead(200, { 'content-length': BIG.length });
      dripping = setInterval(() => response.write(' '), 50);
      response.once('close', resolve);
      return true;
    };
  });
  try {
    expect(await problem(ask({}, { transferMs: 3_000 }))).toMatch(/git_unreachable.*broke off/);
    await gone;
    expect(stored()).toEqual([]);
  } finally {
    clearInterval(dripping);
  }
});

describe('where .lfsconfig says that files are kept', () => {
  it('at the repository’s own host', async () => {
    keep('x.bin', BIG);
    fixture.repository.commit({ '.lfsconfig': `[lfs]\n\turl = ${fixture.server.url}other.git/info/lfs/\n` });
    await ask();
    expect(lfs.requests[0]).toMatch(/^POST \/other.git\/info\/lfs\/objects\/batch/);
  });

  it.each([
    'https://evil.example/lfs',
    'https://169.254.169.254/lfs',
    'http://127.0.0.1/lfs',
    'file:///etc',
    'ssh://git@127.0.0.1/x'
  ])('elsewhere: %s', async url => {
    keep('x.bin', BIG);
    fixture.repository.commit({ '.lfsconfig': `[lfs]\n\turl = ${url}\n` });
    expect(await problem(ask({}, { hosts: null }))).toMatch(/git_address|git_unsupported/);
    expect(await problem(ask())).toMatch(/git_address|git_unsupported/);
    expect(lfs.requests).toEqual([]);
  });

  it('is said to be broken where git cannot read it', async () => {
    keep('x.bin', BIG);
    fixture.repository.commit({ '.lfsconfig': '[lfs\nurl =\n' });
    expect(await problem(ask())).toMatch(/git_unsupported.*file .lfsconfig.*Mend .lfsconfig.*bad config line 1/);
    expect(lfs.requests).toEqual([]);
  });

  it('it is read also where one folder alone is wanted', async () => {
    keep('apps/x.bin', BIG);
    fixture.repository.commit({ '.lfsconfig': '[lfs]\n\turl = https://evil.example/\n' });
    expect(await problem(ask({ root: 'apps' }))).toMatch(/git_unsupported.*at evil.example/);
  });
});

describe('what the repository is read with', () => {
  const credential = { kind: 'token', host: '127.0.0.1', username: null, token: TOKEN } as const;

  it('is what its files are read with', async () => {
    keep('x.bin', BIG);
    fixture.server.login = `oauth2:${TOKEN}`;
    expect(await problem(ask({}, { credential }))).toBe('none');
    expect(lfs.requests).toHaveLength(2);
    expect(lfs.requests.join('\n')).not.toMatch(/ -$/m);
    expect(fixture.lines.join('\n')).not.toContain(TOKEN);
    rmSync(path.join(fixture.dashboard, 'git'), { recursive: true });
    lfs.answer = (_request, response) => {
      response.writeHead(403).end('no');
      return true;
    };
    expect(await problem(ask({}, { credential }))).toMatch(
      /git_refused.*does not give out the repository’s files in Git LFS/
    );
  });

  it('is shown to no other server that a file lies at, nor to one at another port', async () => {
    keep('x.bin', BIG);
    const other = await startGitServer(fixture.folder);
    const otherLfs = addLfs(other);
    otherLfs.objects = lfs.objects;
    try {
      const certificates = path.join(fixture.folder, 'both.pem');
      writeFileSync(
        certificates,
        readFileSync(fixture.server.certificate, 'utf8') + readFileSync(other.certificate, 'utf8')
      );
      const environment = { ...ENVIRONMENT, GIT_SSL_CAINFO: certificates };
      fixture.server.login = `oauth2:${TOKEN}`;
      lfs.place = oid => ({ href: `${other.url}x/info/lfs/objects/${oid}` });
      await ask({}, { credential, environment });
      lfs.place = null;
      fixture.repository.commit({ '.lfsconfig': `[lfs]\n\turl = ${other.url}y/info/lfs\n` });
      rmSync(path.join(fixture.dashboard, 'git'), { recursive: true });
      await ask({}, { credential, environment });
      expect(otherLfs.requests).toEqual([
        expect.stringMatching(/^GET .* -$/),
        expect.stringMatching(/^POST .* -$/),
        expect.stringMatching(/^GET .* -$/)
      ]);
    } finally {
      await other.close();
    }
  });
});

it('more bytes than a version may hold are not asked for', async () => {
  fixture.repository.commit({ 'x.bin': pointer(BIG).replace(/size \d+/, 'size 90000000000') });
  expect(await problem(ask())).toMatch(/too_large/);
  expect(await problem(ask({}, { limits: { ...DEFAULT_LIMITS, bytes: 1_000_000 } }))).toMatch(/too_large/);
  expect(lfs.requests).toEqual([]);
  expect(existsSync(path.join(fixture.dashboard, 'git', 'files'))).toBe(false);
});

it('a cancelled publish ends at once, and leaves nothing half-made', async () => {
  keep('x.bin', BIG);
  const cancel = new AbortController();
  lfs.answer = (request, response) => {
    if (request.method === 'POST') {
      return false;
    }
    response.writeHead(200).write(BIG.subarray(0, 1_000));
    cancel.abort(new Error('cancelled by the author'));
    return true;
  };
  expect(await problem(ask({}, { signal: cancel.signal }))).toContain('cancelled by the author');
  expect(stored()).toEqual([]);
});

it('the way out of a network is the administrator’s proxy for these files too', async () => {
  keep('x.bin', BIG);
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const through = connect(fixture.server.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
    through.on('error', () => socket.destroy());
    socket.on('error', () => through.destroy());
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  try {
    const url = `https://git.test:${fixture.server.port}/project.git`;
    const environment = {
      ...ENVIRONMENT,
      GIT_SSL_CAINFO: fixture.server.certificate,
      https_proxy: `http://127.0.0.1:${port}`
    };
    // The name is known to the proxy alone.
    const lookup = () => Promise.reject(new Error('ENOTFOUND'));
    const { root } = await ask({ url }, { environment, hosts: ['git.test'], lookup });
    expect(readFileSync(path.join(root, 'x.bin')).equals(BIG)).toBe(true);
    expect(new Set(asked)).toEqual(new Set([`git.test:${fixture.server.port}`]));
  } finally {
    proxy.closeAllConnections();
    await new Promise(resolve => proxy.close(resolve));
  }
});
