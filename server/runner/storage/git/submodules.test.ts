import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Problem } from '../../../contract';
import { ProblemError } from '../../../problem-error';
import { damagedPack } from '../../testing/damaged-pack';
import { createRepository, type GitRepository } from '../../testing/git-repository';
import { startGitServer } from '../../testing/git-server';
import { DEFAULT_LIMITS } from '../../../files/limits';
import { createFixture, ENVIRONMENT, type Fixture } from '../../testing/git-fixture';

const TOKEN = 'glpat-canary-of-the-submodules';

let fixture: Fixture;
let library: GitRepository;
beforeEach(async () => {
  fixture = await createFixture();
  library = createRepository(fixture.folder, 'library');
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

/** Commits that `repository` has another one inside, at `commit`, and says where it comes from. */
function put(repository: GitRepository, place: string, commit: string, url: string | null): string {
  if (url !== null) {
    repository.git('config', '--file', '.gitmodules', `submodule.${place}.path`, place);
    repository.git('config', '--file', '.gitmodules', `submodule.${place}.url`, url);
    repository.git('add', '.gitmodules');
  }
  repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},${place}`);
  repository.git('commit', '-qm', 'submodule');
  repository.push();
  return repository.git('rev-parse', 'HEAD');
}

function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const files = entries.map(entry => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map(file => [path.relative(folder, file), readFileSync(file, 'utf8')]));
}

const ask = (origin: object = {}, options: object = {}) => fixture.fetch({ submodules: true, ...origin }, options);

it('brings the repositories inside at the commits that are named, those inside of them too, and follows', async () => {
  const inner = createRepository(fixture.folder, 'inner');
  inner.commit({ 'deep.py': 'deep' });
  library.commit({ 'lib.py': '1', 'same.py': 'same' });
  const first = put(library, 'vendor/inner', inner.git('rev-parse', 'HEAD'), '../inner.git');
  library.commit({ 'lib.py': 'newer than what is named' });
  fixture.repository.commit({ 'app.py': '1' });
  const commit = put(fixture.repository, 'libs/library', first, '../library.git');
  const fetched = await ask();
  expect(fetched.commit).toBe(commit);
  const { '.gitmodules': _modules, 'libs/library/.gitmodules': _inner, ...files } = contents(fetched.root);
  expect(files).toEqual({
    'app.py': '1',
    'libs/library/lib.py': '1',
    'libs/library/same.py': 'same',
    'libs/library/vendor/inner/deep.py': 'deep'
  });
  expect(fixture.lines).toContain('Fetching the submodule libs/library/vendor/inner from 127.0.0.1.');

  // The next version shares what is the same with this one.
  const same = statSync(path.join(fetched.root, 'libs/library/same.py')).ino;
  put(fixture.repository, 'libs/library', library.git('rev-parse', 'HEAD'), null);
  fixture.server.requests.length = 0;
  const { root } = await ask();
  expect(contents(root)['libs/library/lib.py']).toBe('newer than what is named');
  expect(statSync(path.join(root, 'libs/library/same.py')).ino).toBe(same);
  expect(fixture.server.requests.filter(request => request.includes('inner.git'))).toEqual([]);

  // And without them: nothing of them is left.
  fixture.repository.git('rm', '-q', '--cached', 'libs/library');
  fixture.repository.commit({ '.gitmodules': null });
  await ask();
  expect(contents(root)).toEqual({ 'app.py': '1' });
  expect(readdirSync(path.join(fixture.dashboard, 'git', 'modules'))).toEqual([]);
});

it('brings one folder with what is inside of it, and nothing of the others', async () => {
  const commit = library.commit({ 'lib.py': '1' });
  fixture.repository.commit({ 'apps/sales/app.py': '1', 'apps/other/x': 'x' });
  put(fixture.repository, 'apps/sales/lib', commit, `${fixture.server.url}library.git`);
  put(fixture.repository, 'apps/other/lib', commit, 'https://github.com/not/reached.git');
  const { root } = await ask({ root: 'apps/sales' });
  expect(contents(root)).toEqual({ 'app.py': '1', 'lib/lib.py': '1' });
});

it('brings them also from servers that give out no commit by its hash', async () => {
  const commit = library.commit({ 'lib.py': '1' });
  library.commit({ 'lib.py': '2' });
  fixture.repository.commit({ 'app.py': '1' });
  put(fixture.repository, 'lib', commit, '../library.git');
  fixture.server.answer = request => {
    delete request.headers['git-protocol'];
    return false;
  };
  expect(contents((await ask()).root)['lib/lib.py']).toBe('1');
});

it('leaves out what .dashboardignore names, without asking for it', async () => {
  const commit = library.commit({ 'lib.py': '1' });
  fixture.repository.commit({ 'app.py': '1', '.dashboardignore': 'libs/\n' });
  put(fixture.repository, 'libs/other', commit, 'https://github.com/not/reached.git');
  const { root } = await ask();
  expect(Object.keys(contents(root)).sort()).toEqual(['.dashboardignore', '.gitmodules', 'app.py']);
});

it('makes good what is broken of them', async () => {
  const commit = library.commit({ 'lib.py': '1' });
  fixture.repository.commit({ 'app.py': '1' });
  put(fixture.repository, 'lib', commit, '../library.git');
  const { root } = await ask();
  const modules = path.join(fixture.dashboard, 'git', 'modules');
  for (const name of readdirSync(modules)) {
    writeFileSync(path.join(modules, name, 'HEAD'), 'broken');
  }
  writeFileSync(path.join(root, 'lib', 'lib.py'), 'changed');
  await ask();
  expect(contents(root)['lib/lib.py']).toBe('1');
});

describe('an address of a submodule is anybody’s word', () => {
  it.each([
    ['file:///etc', 'git_address'],
    ['/etc', 'git_address'],
    ['ext::sh -c "touch /tmp/owned"', 'git_address'],
    ['../../../../x', 'git_address'],
    ['https://10.0.0.1/x.git', 'git_address'],
    ['https://169.254.169.254/latest/meta-data', 'git_address'],
    ['https://localhost/x.git', 'git_address'],
    ['http://127.0.0.1/x.git', 'git_address'],
    ['https://alice:token@github.com/x.git', 'git_address']
  ])('%s', async (url, code) => {
    const commit = library.commit({ 'lib.py': '1' });
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'libs/x', commit, url);
    fixture.server.requests.length = 0;
    const said = await problem(ask());
    expect(said).toContain(code);
    expect(said).toContain('libs/x');
    expect(existsSync('/tmp/owned')).toBe(false);
    expect(fixture.server.requests.filter(request => !request.includes('/project.git/'))).toEqual([]);
  });

  it('a name that leads into a private network', async () => {
    const commit = library.commit({ 'lib.py': '1' });
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'x', commit, 'https://git.test/library.git');
    const lookup = () => Promise.resolve(['10.0.0.7']);
    const hosts = ['127.0.0.1', '*'];
    expect(await problem(ask({}, { lookup, hosts }))).toMatch(/git_address.*submodule x.*private network/);
  });

  it('a host that this hub does not fetch from', async () => {
    const commit = library.commit({ 'lib.py': '1' });
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'x', commit, 'https://elsewhere.example/library.git');
    expect(await problem(ask())).toMatch(/git_address.*submodule x.*no repositories from elsewhere.example/);
  });

  it('a submodule whose name leads out, or that git would take for an option, is refused as the repository is', async () => {
    const commit = library.commit({ 'lib.py': '1' });
    const modules = '[submodule "../../x"]\n\tpath = x\n\turl = ../library.git\n';
    fixture.repository.commit({ 'app.py': '1', '.gitmodules': modules });
    put(fixture.repository, 'x', commit, null);
    expect(await problem(ask())).toMatch(/git_failed.*gitmodules/);
  });

  it('settings in .gitmodules lead to no other file and start nothing', async () => {
    const commit = library.commit({ 'lib.py': '1' });
    const evil = path.join(fixture.folder, 'evil');
    writeFileSync(evil, '[submodule "x"]\n\tpath = x\n\turl = ../library.git\n');
    const modules = `[include]\n\tpath = ${evil}\n`;
    fixture.repository.commit({ 'app.py': '1', '.gitmodules': modules });
    put(fixture.repository, 'x', commit, null);
    expect(await problem(ask())).toMatch(/git_unsupported.*does not say where its submodule x comes from/);
  });
});

it('a .gitmodules that git cannot read is named, and nothing is fetched once more', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  await ask();
  const mirror = path.join(fixture.dashboard, 'git', 'mirror');
  const { birthtimeMs } = statSync(mirror);
  fixture.repository.commit({ '.gitmodules': '[submodule "m"\npath = m\n' });
  put(fixture.repository, 'm', '1'.repeat(40), null);
  expect(await problem(ask())).toMatch(/git_unsupported.*file .gitmodules.*Mend .gitmodules.*bad config line 2/);
  expect(statSync(mirror).birthtimeMs).toBe(birthtimeMs);
});

it('one that is not there is named', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  put(fixture.repository, 'libs/x', '1'.repeat(40), '../library.git');
  library.commit({ 'lib.py': '1' });
  expect(await problem(ask())).toMatch(/git_ref_missing.*submodule libs\/x/);
  put(fixture.repository, 'libs/x', '1'.repeat(40), '../none.git');
  expect(await problem(ask())).toMatch(/git_refused.*submodule libs\/x/);
});

describe('whether a publish of one may work the next time is said as of a repository', () => {
  beforeEach(() => {
    const commit = library.commit({ 'lib.py': '1' });
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'lib', commit, '../library.git');
  });
  /** What a publish ends with where the server answers so for the repository alone, and for its submodule alone. */
  async function saidOfBoth(answer: NonNullable<Fixture['server']['answer']>): Promise<Problem[]> {
    const said = [];
    for (const name of ['project', 'library']) {
      fixture.server.answer = (request, response) =>
        request.url?.startsWith(`/${name}.git`) === true && answer(request, response);
      said.push(JSON.parse(await problem(ask())) as Problem);
    }
    return said;
  }

  it('not of a host that sends on elsewhere', async () => {
    const [repository, inside] = await saidOfBoth((_request, response) => {
      response.writeHead(302, { location: 'https://git.example.org/' }).end();
      return true;
    });
    expect(repository).toMatchObject({ code: 'git_unreachable' });
    expect(repository).not.toHaveProperty('retryable');
    const [message, detail] = [
      `Of the submodule lib: ${repository?.message}`,
      expect.stringContaining('library.git') as string
    ];
    expect(inside).toEqual({ ...repository, message, detail });
  });

  it('of what has arrived damaged', async () => {
    const [repository, inside] = await saidOfBoth((request, response) => {
      const write = response.write.bind(response) as (piece: Buffer) => boolean;
      response.write = ((piece: Buffer) => write(damagedPack(piece))) as typeof response.write;
      fixture.server.serve(request, response);
      return true;
    });
    expect(repository).toMatchObject({ code: 'git_failed', retryable: true });
    expect(inside).toMatchObject({
      code: 'git_failed',
      retryable: true,
      message: `Of the submodule lib: ${repository?.message}`
    });
  });
});

describe('one at another server that cannot be read is told with what can be done about it', () => {
  const WAY_OUT = 'Use a relative address in .gitmodules, or publish the files of your clone.';

  it('at another port', async () => {
    const other = await startGitServer(fixture.folder);
    try {
      other.login = 'somebody:else';
      const commit = library.commit({ 'lib.py': '1' });
      fixture.repository.commit({ 'app.py': '1' });
      put(fixture.repository, 'lib', commit, `${other.url}library.git`);
      const settings = [
        `http.sslCAInfo=${other.certificate}`,
        `http.${fixture.server.url}.sslCAInfo=${fixture.server.certificate}`
      ];
      const said = await problem(ask({}, { settings }));
      expect(JSON.parse(said)).toMatchObject({ code: 'git_refused', fix: WAY_OUT });
      expect(said).toContain('Of the submodule lib: ');
    } finally {
      await other.close();
    }
  });

  it('by ssh, of a repository over https', async () => {
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'lib', '1'.repeat(40), 'git@127.0.0.1:team/library.git');
    // What any host says to whoever has no key.
    const ssh = path.join(fixture.folder, 'ssh');
    writeFileSync(ssh, '#!/bin/sh\necho "git@127.0.0.1: Permission denied (publickey)." >&2\nexit 255\n', {
      mode: 0o755
    });
    const environment = { PATH: `${fixture.folder}:${ENVIRONMENT.PATH}` };
    const said = await problem(ask({}, { environment }));
    expect(JSON.parse(said)).toMatchObject({ code: 'git_refused', fix: WAY_OUT });
  });

  it('while for one at its own server a credential is what is needed', async () => {
    const commit = library.commit({ 'lib.py': '1' });
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'lib', commit, '../library.git');
    fixture.server.answer = (request, response) => {
      const mine = request.url?.startsWith('/library.git') === true;
      if (mine) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      }
      return mine;
    };
    expect(await problem(ask())).toMatch(/git_refused.*give a token that may read it/);
  });
});

it('repositories in one another without end, and more files or bytes than a version may have, are refused', async () => {
  let [below, commit] = [library, library.commit({ 'lib.py': 'x'.repeat(4_000_000) })];
  for (let i = 0; i < 5; i++) {
    const next = createRepository(fixture.folder, `level-${i}`);
    next.commit({ 'x.py': 'x' });
    commit = put(next, 'inner', commit, `../${path.basename(below.bare)}`);
    below = next;
  }
  fixture.repository.commit({ 'app.py': '1' });
  put(fixture.repository, 'lib', commit, `../${path.basename(below.bare)}`);
  expect(await problem(ask())).toMatch(/too_large.*5 deep/);
  expect(existsSync(path.join(fixture.dashboard, 'git', 'files'))).toBe(false);

  put(fixture.repository, 'lib', library.git('rev-parse', 'HEAD'), '../library.git');
  const limits = { ...DEFAULT_LIMITS, bytes: 1_000_000 };
  expect(await problem(ask({}, { limits }))).toMatch(/too_large/);
  expect(await problem(ask({}, { limits: { ...DEFAULT_LIMITS, files: 2 } }))).toMatch(/too_large.*2 files/);
});

it('the histories of all of them together count, where a server gives out no commit by its hash', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  for (const name of ['one', 'two', 'three']) {
    const one = createRepository(fixture.folder, name);
    one.commit({ large: randomBytes(2_000_000) });
    const commit = one.commit({ large: null, 'lib.py': '1' });
    one.commit({ 'lib.py': '2' });
    put(fixture.repository, name, commit, `../${name}.git`);
  }
  fixture.server.answer = request => {
    delete request.headers['git-protocol'];
    return false;
  };
  const limits = (bytes: number) => ({ limits: { ...DEFAULT_LIMITS, bytes } });
  expect(await problem(ask({}, limits(3_000_000)))).toMatch(
    /too_large.*submodule three: The repository sends more than 3 MB/
  );
  expect(await problem(ask({}, limits(7_000_000)))).toBe('none');
});

describe('what the repository is read with', () => {
  const credential = { kind: 'token', host: '127.0.0.1', username: null, token: TOKEN } as const;

  it('is shown to its own server, for submodules too', async () => {
    fixture.server.login = `oauth2:${TOKEN}`;
    const commit = library.commit({ 'lib.py': '1' });
    fixture.repository.commit({ 'app.py': '1' });
    put(fixture.repository, 'lib', commit, '../library.git');
    const { root } = await ask({}, { credential });
    expect(contents(root)['lib/lib.py']).toBe('1');
    expect(fixture.lines.join('\n')).not.toContain(TOKEN);
  });

  it('is not shown to another one, at another port of the same host, nor below it', async () => {
    const other = await startGitServer(fixture.folder);
    const authorizations: unknown[] = [];
    other.answer = request => {
      authorizations.push(request.headers.authorization);
      return false;
    };
    try {
      const inner = createRepository(fixture.folder, 'inner');
      const commit = inner.commit({ 'deep.py': 'deep' });
      library.commit({ 'lib.py': '1' });
      // From there back to the first server, where only the token would lead further.
      const back = put(library, 'inner', commit, `${fixture.server.url}inner.git`);
      fixture.repository.commit({ 'app.py': '1' });
      put(fixture.repository, 'lib', back, `${other.url}library.git`);
      fixture.server.login = `oauth2:${TOKEN}`;
      // One file with both certificates.
      const both = path.join(fixture.folder, 'both.pem');
      writeFileSync(both, readFileSync(fixture.server.certificate, 'utf8') + readFileSync(other.certificate, 'utf8'));
      const said = await problem(ask({}, { credential, settings: [`http.sslCAInfo=${both}`] }));
      expect(said).toMatch(/git_refused.*submodule lib\/inner/);
      expect(authorizations.length).toBeGreaterThan(0);
      expect(authorizations.filter(Boolean)).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
