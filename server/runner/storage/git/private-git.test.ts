import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ProblemError } from '../../../problem-error';
import { startGitServer } from '../../testing/git-server';
import type { GitCredential } from './credential';
import { createFixture, type Fixture } from '../../testing/git-fixture';

const TOKEN = 'gl-t0ken+with/=%&"quotes\'and-länge';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
  fixture.repository.commit({ 'app.py': '1' });
});
afterEach(() => fixture.end());

const credential = (more: Partial<Extract<GitCredential, { kind: 'token' }>> = {}): GitCredential => ({
  kind: 'token',
  host: '127.0.0.1',
  username: null,
  token: TOKEN,
  ...more
});

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return 'none';
  } catch (error) {
    return error instanceof ProblemError ? JSON.stringify(error.problem) : String(error);
  }
}

it('a private repository is refused without a credential, and with a wrong one', async () => {
  fixture.server.login = `oauth2:${TOKEN}`;
  expect(await problem(fixture.fetch())).toMatch(/git_refused.*private.*give a token/);
  expect(await problem(fixture.fetch({}, { credential: credential({ token: 'wrong-token' }) }))).toMatch(/git_refused/);
  expect(await problem(fixture.fetch({}, { credential: credential({ username: 'bob' }) }))).toMatch(/git_refused/);
});

it('a private repository is fetched with the right token, which is on no command line, in no environment and in no line', async () => {
  fixture.server.login = `oauth2:${TOKEN}`;
  const seen: string[] = [];
  fixture.server.answer = () => {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        if (environment.includes(`DASHBOARDS_APP=${path.basename(fixture.dashboard)}.git.`)) {
          seen.push(environment, readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        }
      } catch {
        // Ended meanwhile.
      }
    }
    return false;
  };
  await fixture.fetch({}, { credential: credential() });
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.join('\n')).not.toContain(TOKEN);
  expect(fixture.lines.join('\n')).not.toContain(TOKEN);
  // Neither does it stay anywhere.
  const { stdout } = spawnSync('grep', ['-rlF', '--', TOKEN, fixture.dashboard, '/dev/shm'], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

it('a token is given to its own host alone', async () => {
  fixture.server.login = `oauth2:${TOKEN}`;
  expect(await problem(fixture.fetch({}, { credential: credential({ host: 'github.com' }) }))).toMatch(
    /git_refused.*is for github.com/
  );
  expect(fixture.server.requests).toEqual([]);
  const authorizations: unknown[] = [];
  const other = await startGitServer(fixture.folder);
  other.answer = request => {
    authorizations.push(request.headers.authorization);
    return false;
  };
  try {
    fixture.server.answer = (request, response) => {
      response.writeHead(302, { location: `${other.url.slice(0, -1)}${request.url}` }).end();
      return true;
    };
    expect(await problem(fixture.fetch({}, { credential: credential() }))).toMatch(/git_unreachable.*sends on/);
    expect(authorizations).toEqual([]);
  } finally {
    await other.close();
  }
});

it('what the server says is not repeated with the token in it', async () => {
  fixture.server.answer = (request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      const said = `ERR you sent ${TOKEN} and ${request.headers.authorization}\n`;
      response.end(
        `001e# service=git-upload-pack\n0000${(Buffer.byteLength(said) + 4).toString(16).padStart(4, '0')}${said}`
      );
    }
    return true;
  };
  const told = await problem(fixture.fetch({}, { credential: credential() }));
  expect(told).toContain('you sent [hidden]');
  expect(told).not.toContain(TOKEN);
  expect(told).not.toContain(Buffer.from(`oauth2:${TOKEN}`).toString('base64'));
});

it('a key does not go with https', async () => {
  const key: GitCredential = { kind: 'ssh_key', host: '127.0.0.1', privateKey: 'x', knownHosts: null };
  expect(await problem(fixture.fetch({}, { credential: key }))).toMatch(/git_refused.*does not go with this address/);
});

describe('with the author’s own ways', () => {
  beforeEach(() => {
    mkdirSync(fixture.home, { recursive: true });
    fixture.server.login = 'alice:from-helper';
  });

  it('their credential helper is asked, and nothing else of their settings counts', async () => {
    const ran = path.join(fixture.folder, 'ran');
    const program = path.join(fixture.folder, 'program');
    writeFileSync(program, `#!/bin/sh\ntouch '${ran}'\ncat\n`);
    chmodSync(program, 0o755);
    writeFileSync(
      path.join(fixture.home, '.gitconfig'),
      [
        '[credential]',
        '\thelper = "!f() { test \\"$1\\" = get && echo username=alice && echo password=from-helper; }; f"',
        '[core]',
        `\tfsmonitor = ${program}`,
        `\tsshCommand = ${program}`,
        '[filter "x"]',
        `\tsmudge = ${program}`,
        `[url "file://${fixture.folder}/"]`,
        `\tinsteadOf = ${fixture.server.url}`,
        ''
      ].join('\n')
    );
    fixture.repository.commit({ '.gitattributes': '* filter=x\n' });
    const { commit } = await fixture.fetch({}, { credential: 'own' });
    expect(commit).toBe(fixture.repository.git('rev-parse', 'HEAD'));
    expect(existsSync(ran)).toBe(false);
  });

  it('a public repository needs none', async () => {
    fixture.server.login = null;
    await fixture.fetch({}, { credential: 'own' });
  });

  it('it is told where their helper knows nothing', async () => {
    expect(await problem(fixture.fetch({}, { credential: 'own' }))).toMatch(/git_refused/);
  });
});
