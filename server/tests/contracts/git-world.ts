import { writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';

import type { GitSource } from '../../contract';
import { damagedPack } from '../../runner/testing/damaged-pack';
import { createRepository, type GitRepository } from '../../runner/testing/git-repository';
import { startGitServer, type GitServer } from '../../runner/testing/git-server';
import type { Programs } from './programs';
import { CONTENT_FAULTS, COPY_FAULTS, notAllowed } from './folder-world';
import type { StrategyKind, StrategyWorld } from './strategy-world';

interface GitWorld extends StrategyWorld {
  server: GitServer;
  repository: GitRepository;
}

const HOSTS = ['127.0.0.1'];
const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1\n`;

/** A repository on a server, and a clone of the author's. */
export const GIT: StrategyKind<GitWorld> = {
  title: 'files of a Git repository',
  strategy: 'git',
  copies: true,
  ruled: false,
  async create(bench) {
    const server = await startGitServer(bench.home);
    const repository = createRepository(bench.home, 'sales-repository');
    const url = `${server.url}sales-repository.git`;
    repository.git('remote', 'set-url', '--push', 'origin', repository.bare);
    repository.git('remote', 'set-url', 'origin', url);
    await bench.engine.stop();
    const environment = { PATH: process.env.PATH ?? '', GIT_SSL_CAINFO: server.certificate };
    bench.renew({ environment, git: { hosts: HOSTS, credential: async () => null } });
    const source: GitSource = { kind: 'git', url, ref: 'main', root: '.', entry: 'index.html', scope: 'folder' };
    return {
      folder: repository.folder,
      server,
      repository,
      process: { environment, gitHosts: HOSTS, receives: null },
      write: async files => void repository.commit({ ...files }),
      source: async () => ({ source }),
      async plan(programs: Programs) {
        const { commit, offer, dirty } = await programs.gitFacts(bench.home, repository.folder, 'index.html');
        expect([offer, dirty.count]).toEqual([{ remote: 'origin', url, ref: 'main', root: '.' }, 0]);
        // The clone knows of the branch what it has pushed there.
        const planned = await programs.planOf(bench.home, repository.folder, source);
        expect(planned).toMatchObject({ complete: true, obstacles: [], repository: { commit, fixed: false } });
        return { commit: planned.repository?.commit, files: planned.files, bytes: planned.bytes };
      },
      close: () => server.close()
    };
  },
  faults: [
    ...CONTENT_FAULTS,
    ...COPY_FAULTS,
    notAllowed(['snapshot']),
    {
      title: 'a host that is not allowed',
      code: 'git_address',
      retryable: false,
      async happen(_world, renew) {
        await renew({ git: { hosts: ['git.example.org'], credential: async () => null } });
        return () => renew({ git: { hosts: HOSTS, credential: async () => null } });
      }
    },
    {
      title: 'a network that is cut',
      code: 'git_unreachable',
      retryable: true,
      async happen({ server }) {
        server.answer = request => {
          request.socket.destroy();
          return true;
        };
        return () => (server.answer = null);
      }
    },
    {
      title: 'a host that sends on elsewhere',
      code: 'git_unreachable',
      retryable: false,
      async happen({ server }) {
        server.answer = (_request, response) => {
          response.writeHead(302, { location: 'https://git.example.org/' }).end();
          return true;
        };
        return () => (server.answer = null);
      }
    },
    {
      title: 'a certificate that is not trusted',
      code: 'git_unreachable',
      retryable: false,
      async happen({ process: { environment } }, renew) {
        await renew({ environment: { PATH: environment.PATH ?? '' } });
        return () => renew({ environment });
      }
    },
    {
      title: 'a repository that is gone',
      code: 'git_refused',
      retryable: false,
      async happen({ repository: { bare } }) {
        await rename(bare, `${bare}-away`);
        return () => rename(`${bare}-away`, bare);
      }
    },
    {
      title: 'a repository that is private',
      code: 'git_refused',
      retryable: false,
      async happen({ server }) {
        server.login = 'alice:token';
        return () => (server.login = null);
      }
    },
    {
      title: 'a branch that is gone',
      code: 'git_ref_missing',
      retryable: false,
      async happen({ repository }) {
        repository.push('HEAD:refs/heads/other');
        repository.git('--git-dir', repository.bare, 'update-ref', '-d', 'refs/heads/main');
        return () => repository.push('HEAD:refs/heads/main');
      }
    },
    {
      title: 'no git',
      code: 'git_missing',
      retryable: false,
      async happen({ process: { environment } }, renew) {
        await renew({ environment: { ...environment, PATH: '/nowhere' } });
        return () => renew({ environment });
      }
    },
    {
      title: 'files in Git LFS that nobody has asked for',
      code: 'git_unsupported',
      retryable: false,
      async happen(world) {
        await world.write({ '.gitattributes': '*.big filter=lfs', 'a.big': LFS_POINTER });
        return () => world.write({ '.gitattributes': null, 'a.big': null });
      }
    },
    {
      title: 'a transfer that arrives damaged',
      code: 'git_failed',
      retryable: true,
      async happen(world) {
        const { server } = world;
        await world.write({ 'data/c.csv': 'c'.repeat(1_000) });
        await world.write({ 'data/c.csv': null });
        server.answer = (request, response) => {
          const write = response.write.bind(response) as (piece: Buffer) => boolean;
          response.write = ((piece: Buffer) => write(damagedPack(piece))) as typeof response.write;
          server.serve(request, response);
          return true;
        };
        return () => (server.answer = null);
      }
    },
    {
      title: 'a repository that is unsound',
      code: 'git_failed',
      retryable: false,
      async happen({ repository }) {
        const before = repository.git('rev-parse', 'HEAD');
        // Git would never commit a folder of this name.
        const tree = path.join(repository.bare, 'tree');
        writeFileSync(
          tree,
          Buffer.concat([Buffer.from('40000 .git\0'), Buffer.from(repository.git('rev-parse', 'HEAD:data'), 'hex')])
        );
        const top = repository.git('hash-object', '-t', 'tree', '-w', '--literally', tree);
        const commit = repository.git('commit-tree', top, '-m', 'x');
        repository.push(`${commit}:refs/heads/main`);
        return () => repository.push(`${before}:refs/heads/main`);
      }
    }
  ]
};
