import { rm } from 'node:fs/promises';

import { createRepository } from '../../runner/testing/git-repository';
import { startGitServer } from '../../runner/testing/git-server';
import type { CreateWorld } from './strategy-world';

/** A repository on a server. */
export const gitWorld: CreateWorld = async bench => {
  const server = await startGitServer(bench.home);
  const repository = createRepository(bench.home, 'sales-repository');
  await bench.engine.stop();
  const environment = { PATH: process.env.PATH ?? '', GIT_SSL_CAINFO: server.certificate };
  const gitHosts = ['127.0.0.1'];
  bench.renew({
    environment,
    git: { hosts: gitHosts, credential: async () => null }
  });
  return {
    strategy: 'git',
    process: { environment, gitHosts, receives: null },
    broken: 'git_refused',
    write: async files => void repository.commit({ ...files }),
    source: async () => ({
      source: {
        kind: 'git',
        url: `${server.url}sales-repository.git`,
        ref: 'main',
        root: '.',
        entry: 'index.html',
        scope: 'folder'
      }
    }),
    breakDown: () => rm(repository.bare, { recursive: true }),
    close: () => server.close()
  };
};
