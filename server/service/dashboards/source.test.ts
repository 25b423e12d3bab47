import { type ServiceError } from '../errors';
import { STRATEGIES, type Source } from '../../contract';
import { checkSource as check, checkWish, filesOff, offeredStrategies } from './source';

const checkSource = (given: Source) => check(given, { strategies: STRATEGIES, homesKept: true, gitHosts: null });
const source = { kind: 'files', root: '/home/alice', entry: 'app.py', scope: 'folder' } as const;
const codeOf = (run: () => unknown) => {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return (error as ServiceError).code;
  }
};

describe('sources', () => {
  it.each(['/home/alice', '/', '~', '~/projects/sales', '/data/Umsätze 2026'])('accept the folder %s', root => {
    expect(checkSource({ ...source, root }).root).toBe(root);
  });

  it.each(['', 'home/alice', './x', '~bob/x', '/home/../etc', '/home/alice\0', 'C:\\x'])(
    'refuse the folder %j',
    root => {
      expect(codeOf(() => checkSource({ ...source, root }))).toBe('invalid_request');
    }
  );

  it.each(['../app.py', 'a/../../b', '/etc/passwd', '~/app.py', 'a\0.py', '..'])('refuse the file %j', entry => {
    expect(codeOf(() => checkSource({ ...source, entry }))).toBe('invalid_request');
  });

  it('refuse halves of characters', () => {
    expect(codeOf(() => checkSource({ ...source, root: '/home/\ud800' }))).toBe('invalid_request');
    expect(codeOf(() => checkSource({ ...source, entry: '\udc00.py' }))).toBe('invalid_request');
    expect(codeOf(() => checkWish('command', 'run \ud800', ['command']))).toBe('command_invalid');
    expect(checkSource({ ...source, entry: '\ud83d\ude00.py' }).entry).toBe('😀.py');
  });

  it.each([
    ['./app.py', 'app.py'],
    ['././a/./app.py', 'a/app.py'],
    ['a//app.py', 'a/app.py'],
    ['pages/', 'pages'],
    ['./', '.'],
    ['.', '.']
  ])('take the file %s for %s', (entry, expected) => {
    expect(checkSource({ ...source, entry }).entry).toBe(expected);
  });

  it('accept files with dots and unusual names', () => {
    expect(checkSource({ ...source, entry: 'a..b/売上 (1).ipynb' }).entry).toBe('a..b/売上 (1).ipynb');
  });
});

describe('sources in a repository', () => {
  const git = {
    kind: 'git',
    url: 'https://example.org/x',
    ref: 'main',
    root: '.',
    entry: 'app.py',
    scope: 'folder'
  } as const;

  it.each(['..', '/srv', '~/x', 'a/../..', 'a\0'])('refuse the folder %j', root => {
    expect(codeOf(() => checkSource({ ...git, root }))).toBe('invalid_request');
  });

  it.each([
    ['apps/sales/', 'apps/sales'],
    ['./', '.'],
    ['.', '.']
  ])('take the folder %s for %s', (root, expected) => {
    expect(checkSource({ ...git, root })).toEqual({ ...git, root: expected });
  });
});

describe('addresses of repositories', () => {
  const git = { kind: 'git', url: '', ref: '', root: '.', entry: 'app.py', scope: 'folder' } as const;
  const hosts = { strategies: STRATEGIES, homesKept: true, gitHosts: ['git.example.org', '10.0.0.1'] };

  it.each([
    'https://alice:secret@example.org/x',
    'file:///srv',
    '--upload-pack=x',
    'https://10.0.0.1/x',
    'http://example.org/x'
  ])('refuse %s', url => expect(codeOf(() => checkSource({ ...git, url }))).toBe('git_address'));

  it.each(['-x', 'a..b', 'a b'])('refuse the branch %j', ref => {
    expect(codeOf(() => checkSource({ ...git, url: 'https://example.org/x', ref }))).toBe('git_address');
  });

  it('are kept as they were checked', () => {
    expect(checkSource({ ...git, url: 'HTTPS://Example.org:443/x' })).toMatchObject({ url: 'https://example.org/x' });
  });

  it('are those of hosts that the administrator has named', () => {
    expect(codeOf(() => check({ ...git, url: 'https://10.0.0.1/x' }, hosts))).toBe('accepted');
    expect(codeOf(() => check({ ...git, url: 'https://example.org/x' }, hosts))).toBe('git_address');
  });
});

describe('a hub whose homes go with their servers', () => {
  const allowed = { strategies: STRATEGIES, homesKept: false, gitHosts: null };
  const url = 'https://example.org/x';
  const repository: Source = { kind: 'git', url, ref: '', root: '.', entry: 'app.py', scope: 'folder' };

  it.each([false, true])('refuses files of homes, saved ones: %s, and says what is left', live => {
    let told: unknown;
    try {
      check({ ...source, live }, allowed);
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({
      code: 'strategy_forbidden',
      fix: expect.stringMatching(/Git repository.*after each sleep, publish from there again/)
    });
    expect(filesOff(allowed)?.code).toBe('strategy_forbidden');
  });

  it('takes repositories, and offers nothing else', () => {
    expect(check(repository, allowed)).toEqual(repository);
    expect(offeredStrategies(allowed)).toEqual(['git']);
    expect(filesOff({ ...allowed, homesKept: true })).toBeNull();
  });
});

describe('what a hub does not allow', () => {
  it.each([
    [['snapshot'], 'git', 'strategy_forbidden'],
    [['snapshot', 'git'], 'git', 'accepted'],
    [['snapshot', 'relay'], 'saved', 'strategy_forbidden'],
    [['live'], 'saved', 'accepted'],
    [['live', 'git'], 'files', 'strategy_forbidden'],
    [['relay'], 'files', 'accepted']
  ] as const)('with %j, %s: %s', (allowed, what, expected) => {
    const sources: Record<string, Source> = {
      files: source,
      saved: { ...source, live: true },
      git: { kind: 'git', url: 'https://example.org/x', ref: '', root: '.', entry: 'app.py', scope: 'folder' }
    };
    expect(codeOf(() => check(sources[what] ?? source, { strategies: allowed, homesKept: true, gitHosts: null }))).toBe(
      expected
    );
  });
});

describe('framework and command', () => {
  const all = ['voila', 'streamlit', 'command'] as const;

  it('go together', () => {
    expect(checkWish(null, undefined, [...all])).toEqual({ framework: null, command: null });
    expect(checkWish(null, 'run {port}', [...all])).toEqual({ framework: 'command', command: 'run {port}' });
    expect(codeOf(() => checkWish('command', undefined, [...all]))).toBe('command_invalid');
    expect(codeOf(() => checkWish('command', '  ', [...all]))).toBe('command_invalid');
    expect(codeOf(() => checkWish('voila', 'run', [...all]))).toBe('invalid_request');
    expect(codeOf(() => checkWish('voila', undefined, ['streamlit']))).toBe('framework_unknown');
  });
});
