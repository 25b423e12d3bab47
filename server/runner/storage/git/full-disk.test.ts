import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ProblemError } from '../../../problem-error';
import { createSmallDisk, type SmallDisk } from '../../../tests/small-disk';
import { createFixture, ENVIRONMENT, type Fixture } from '../../testing/git-fixture';
import { Program } from '../../testing/program';
import { explainFailure } from './failures';

const DISK_KB = 5_000;

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.end());

describe('a disk that is too small', () => {
  let disk: SmallDisk;
  let program: Program;
  beforeEach(() => {
    disk = createSmallDisk(DISK_KB);
    program = new Program(path.join(__dirname, '../../testing/git-fetching-process.ts'));
  });
  afterEach(async () => {
    await program.stop();
    disk.remove();
  });

  it.each([
    ['the pack of a repository', 9_000_000],
    ['its files beside the pack', 3_000_000]
  ])('for %s is said as such, without a second try, and gets its room back', async (_what, size) => {
    fixture.repository.commit({ 'app.py': '1', 'large.dat': randomBytes(size) });
    // Its file system is gone with the program.
    const list = `"$@"; find "$HOME/.dashboards" -type f -size +9k -printf 'left %P %s\\n'; echo end`;
    const wrapper = path.join(fixture.folder, 'listing');
    writeFileSync(wrapper, `#!/bin/sh\nexec ${disk.wrapper} sh -c '${list.replaceAll("'", `'\\''`)}' sh "$@"\n`);
    chmodSync(wrapper, 0o755);
    const environment = { PATH: process.env.PATH, HOME: fixture.home };
    program.start([fixture.dashboard, fixture.url, fixture.server.trust], environment, [], wrapper);
    expect(await program.line()).toBe('begun');
    const told = await program.line();
    expect(await program.line()).toBe('end');
    if (disk.code === 'disk_full') {
      expect(told).toBe('ProblemError: There is no room left for the files of this version.');
      // Once the list of names for ls-remote, and once for the fetch.
      expect(fixture.server.requests.filter(request => request.startsWith('GET '))).toHaveLength(2);
    } else {
      expect(told).toMatch(/^ProblemError/);
    }
  });
});

it('whoever gives up has no unfinished pack left', async () => {
  fixture.repository.commit({ 'app.py': '1', 'large.dat': randomBytes(6_000_000) });
  const stop = new AbortController();
  const packs = () => readdirSync(path.join(fixture.dashboard, 'git/mirror/objects/pack'));
  let before: string[] = [];
  let watching: NodeJS.Timeout | undefined;
  let sent = 0;
  fixture.server.answer = (request, response) => {
    if (request.method === 'POST') {
      const write = response.write.bind(response) as (piece: Buffer) => boolean;
      response.write = ((piece: Buffer) => {
        sent += piece.length;
        // The rest never comes.
        watching ??=
          sent > 4_000_000
            ? setInterval(() => {
                before = packs().filter(name => name.startsWith('tmp_'));
                if (before.length > 0) {
                  clearInterval(watching);
                  stop.abort(new Error('given up'));
                }
              }, 20)
            : undefined;
        return sent > 4_000_000 || write(piece);
      }) as typeof response.write;
      const end = response.end.bind(response) as () => typeof response;
      response.end = () => (sent > 4_000_000 ? response : end());
    }
    return false;
  };
  try {
    await expect(fixture.fetch({}, { signal: stop.signal })).rejects.toThrow('given up');
  } finally {
    clearInterval(watching);
  }
  expect(before).toHaveLength(1);
  expect(packs()).toEqual([]);
});

it('half a checkout goes, and the files of the version before stay the ones they are', async () => {
  fixture.repository.commit({ 'app.py': '1', 'same.py': 'same' });
  const { root } = await fixture.fetch();
  const same = statSync(path.join(root, 'same.py')).ino;
  fixture.repository.commit({ 'app.py': '2', 'new/large.dat': 'large' });
  // As if the disk were full in the middle of it; git itself says no more.
  const git = path.join(fixture.folder, 'git');
  const half = 'cd "$GIT_WORK_TREE" && rm app.py && mkdir new && echo half >app.py && echo half >new/large.dat';
  const fails = `${half}; echo "error: unable to write file new/large.dat" >&2; exit 1`;
  const real = `PATH=${JSON.stringify(ENVIRONMENT.PATH)} git "$@"`;
  writeFileSync(git, `#!/bin/sh\ncase "$*" in *"read-tree --reset -u"*) ${fails};; esac\n${real}\n`);
  chmodSync(git, 0o755);
  const environment = { PATH: `${fixture.folder}:${ENVIRONMENT.PATH}` };
  const failure: unknown = await fixture.fetch({}, { environment }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProblemError);
  expect(failure).toMatchObject({ problem: { code: 'disk_full' } });
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  expect(entries.filter(entry => entry.isFile()).map(entry => entry.name)).toEqual(['same.py']);
  await fixture.fetch();
  expect(readFileSync(path.join(root, 'app.py'), 'utf8')).toBe('2');
  expect(readFileSync(path.join(root, 'new/large.dat'), 'utf8')).toBe('large');
  expect(statSync(path.join(root, 'same.py')).ino).toBe(same);
});

it('a full disk of the host is not taken for one here', () => {
  const address = {
    protocol: 'https',
    host: 'git.test',
    port: 443,
    user: null,
    path: '/x',
    url: 'https://git.test/x'
  } as const;
  const code = (printed: string) => {
    const problem = explainFailure(address, printed);
    return problem instanceof ProblemError ? problem.problem.code : 'other';
  };
  expect(code('fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output\n')).toBe(
    'disk_full'
  );
  expect(code('fatal: write error: Disk quota exceeded\n')).toBe('disk_full');
  expect(code('remote: fatal: write error: No space left on device\nfatal: early EOF\n')).toBe('git_unreachable');
});
