import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

import { ProblemError } from '../../../problem-error';
import { createRepository } from '../../testing/git-repository';
import { createFixture, type Fixture } from '../../testing/git-fixture';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.end());

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return 'none';
  } catch (error) {
    return error instanceof ProblemError
      ? `${error.problem.code}: ${error.problem.message} ${error.problem.detail ?? ''}`
      : String(error);
  }
}

/** Processes of git for this dashboard. */
function atWork(): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${path.basename(fixture.dashboard)}.git.`);
    } catch {
      return false;
    }
  });
}

/** A packet of git's protocol. */
function packet(text: string): string {
  return `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
}

/** Bytes of a pack, in a packet. */
function sideband(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${(bytes.length + 5).toString(16).padStart(4, '0')}\x01`, 'latin1'), bytes]);
}

it.each([
  ['a repository that is not there', { url: 'none.git' }, /git_refused: .*there is none, or it is private/],
  ['a branch that is not there', { ref: 'none' }, /git_ref_missing: .*no branch, tag or commit none/],
  ['a commit that is not there', { ref: 'a'.repeat(40) }, /git_ref_missing: .*aaaa/],
  ['the beginning of a commit that is not there', { ref: 'abcdef0' }, /git_ref_missing: .*abcdef0/],
  ['a folder that is not there', { root: 'none' }, /file_missing: .*no folder none/],
  ['a file in the place of a folder', { root: 'app.py' }, /file_missing: .*no folder app.py/]
])('%s', async (_what, origin, expected) => {
  fixture.repository.commit({ 'app.py': '1' });
  const url = 'url' in origin ? `${fixture.server.url}${origin.url}` : fixture.url;
  expect(await problem(fixture.fetch({ ...origin, url }))).toMatch(expected);
});

it('an empty repository', async () => {
  expect(await problem(fixture.fetch())).toMatch(/git_ref_missing: .*is empty/);
  expect(await problem(fixture.fetch({ ref: 'main' }))).toMatch(/git_ref_missing/);
});

it('no git where the dashboard runs, and one that is too old', async () => {
  expect(await problem(fixture.fetch({}, { environment: { PATH: fixture.folder } }))).toMatch(
    /git_missing: There is no git/
  );
  const old = path.join(fixture.folder, 'git');
  writeFileSync(old, '#!/bin/sh\necho git version 2.30.1\n', { mode: 0o755 });
  expect(await problem(fixture.fetch({}, { environment: { PATH: `${fixture.folder}:/usr/bin:/bin` } }))).toMatch(
    /git_missing: .*too old \(git version 2.30.1\): 2.32 is needed/
  );
});

it.each([
  ['https://github.com/a/b', 'github.com has only private addresses', ['10.0.0.1']],
  ['https://git.test/a', 'one private address among public ones', ['93.184.216.34', '127.0.0.1']],
  ['https://git.test/a', 'the metadata of a cloud', ['169.254.169.254']],
  ['git@git.test:a', 'IPv6 of this machine', ['::1']]
])('a name that leads to a private network is refused: %s, %s', async (url, _what, addresses) => {
  const lookup = () => Promise.resolve(addresses);
  expect(await problem(fixture.fetch({ url }, { hosts: null, lookup }))).toMatch(/git_address: .*private network/);
});

it('a name is not looked up once more after it was looked at', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  // git.test leads nowhere but here: whoever looks it up again finds nothing.
  const url = `https://git.test:${fixture.server.port}/project.git`;
  await fixture.fetch({ url }, { hosts: ['git.test'], lookup: () => Promise.resolve(['127.0.0.1']) });
  const gone = () => Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
  expect(await problem(fixture.fetch({ url }, { hosts: ['git.test'], lookup: gone }))).toMatch(
    /git_unreachable: .*not found/
  );
});

it('nobody listens', async () => {
  const { port } = fixture.server;
  await fixture.server.close();
  const url = `https://127.0.0.1:${port}/project.git`;
  expect(await problem(fixture.fetch({ url }))).toMatch(/git_unreachable: 127.0.0.1 cannot be reached/);
  fixture.server.close = () => Promise.resolve();
});

it('a certificate that nobody has signed', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  expect(await problem(fixture.fetch({}, { settings: [] }))).toMatch(/git_unreachable: .*not trusted/);
});

it('a redirect', async () => {
  fixture.server.answer = (request, response) => {
    response.writeHead(301, { location: `/other.git${request.url?.slice('/project.git'.length)}` }).end();
    return true;
  };
  expect(await problem(fixture.fetch())).toMatch(/git_unreachable: .*sends on to another address/);
});

describe('after a version that is good', () => {
  let commit: string;
  beforeEach(async () => {
    fixture.repository.commit({ 'app.py': '1' });
    await fixture.fetch();
    commit = fixture.repository.commit({ 'app.py': '2', big: randomBytes(3_000_000) });
  });
  afterEach(async () => {
    // Whatever has happened, the next one is good.
    fixture.server.answer = null;
    const { root } = await fixture.fetch();
    expect([fixture.repository.git('rev-parse', 'HEAD'), readFileSync(path.join(root, 'app.py'), 'utf8')]).toEqual([
      commit,
      '2'
    ]);
  });

  /** git's own answer to the request for objects, changed. */
  function change(how: (piece: Buffer, write: (piece: Buffer) => boolean, sent: number) => void): void {
    fixture.server.answer = (request, response) => {
      if (request.method === 'POST') {
        let sent = 0;
        const write = response.write.bind(response);
        response.write = (piece: Buffer) => {
          sent += piece.length;
          how(piece, write, sent);
          return true;
        };
      }
      return false;
    };
  }

  it('a server that is gone in the middle', async () => {
    fixture.server.answer = (_request, response) => {
      const write = response.write.bind(response);
      let sent = 0;
      response.write = (piece: Buffer) => {
        sent += piece.length;
        if (sent > 500_000) {
          response.destroy();
          return false;
        }
        return write(piece);
      };
      return false;
    };
    expect(await problem(fixture.fetch())).toMatch(/git_unreachable: 127.0.0.1 cannot be reached, or broke off/);
  });

  it('a server that sends something else than it should', async () => {
    change((piece, write, sent) => {
      if (sent > 100_000) {
        piece.fill(0x41, 20, Math.min(60, piece.length));
      }
      write(piece);
    });
    expect(await problem(fixture.fetch())).toMatch(/git_(?:failed|unreachable): /);
  });

  it('a server that names a commit and sends another', async () => {
    const other = createRepository(fixture.folder, 'other');
    const foreign = other.commit({ 'app.py': 'evil' });
    const own = fixture.repository.git('rev-parse', 'HEAD');
    change((piece, write) => {
      write(Buffer.from(piece.toString('latin1').replaceAll(own, foreign), 'latin1'));
    });
    expect(await problem(fixture.fetch())).toMatch(/git_(?:failed|unreachable|ref_missing): /);
  });

  it('a server that never ends to send', async () => {
    let posts = 0;
    fixture.server.answer = (request, response) => {
      // After the lists of names for ls-remote and for fetch.
      if (request.method !== 'POST' || ++posts < 3) {
        return false;
      }
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
      response.write(`${packet('acknowledgments\n')}${packet('ready\n')}0001`);
      response.write(`${packet('shallow-info\n')}${packet(`shallow ${commit}\n`)}0001${packet('packfile\n')}`);
      // Files of 8,192 bytes, a million of them.
      response.write(sideband(Buffer.from('PACK\0\0\0\x02\0\x10\0\0', 'latin1')));
      const block = sideband(Buffer.concat([Buffer.from([0xb0, 0x80, 0x04]), deflateSync(randomBytes(8_192))]));
      const more = () => {
        let room = true;
        while (room && !response.destroyed) {
          room = response.write(block);
        }
      };
      response.on('drain', more);
      more();
      return true;
    };
    expect(await problem(fixture.fetch({}, { limits: { files: 1_000, bytes: 20_000_000 } }))).toMatch(
      /too_large: The repository sends more than 20 MB/
    );
    expect(atWork()).toEqual([]);
  });

  it('a server that is silent', async () => {
    fixture.server.answer = request => request.method === 'POST';
    expect(await problem(fixture.fetch({}, { settings: [fixture.server.trust, 'http.lowSpeedTime=1'] }))).toMatch(
      /git_unreachable/
    );
  });

  it('a transfer that takes longer than it may', async () => {
    let posts = 0;
    fixture.server.answer = request => request.method === 'POST' && ++posts === 2;
    expect(await problem(fixture.fetch({}, { transferMs: 1_500 }))).toMatch(/git_unreachable/);
    expect(atWork()).toEqual([]);
  });

  it('whoever gives up has nothing left running, and no lock', async () => {
    let posts = 0;
    const stop = new AbortController();
    fixture.server.answer = (request, response) => {
      if (request.method === 'POST' && ++posts === 2) {
        response.write('');
        setImmediate(() => stop.abort(new Error('given up')));
        return true;
      }
      return false;
    };
    expect(await problem(fixture.fetch({}, { signal: stop.signal }))).toBe('Error: given up');
    expect(atWork()).toEqual([]);
    expect(readdirSync(path.join(fixture.dashboard, 'git'))).not.toContain('lock');
  });

  it('two at once take turns', async () => {
    const both = await Promise.all([fixture.fetch(), fixture.fetch({ ref: 'main' })]);
    expect(both.map(fetched => fetched.commit)).toEqual([commit, commit]);
  });
});
