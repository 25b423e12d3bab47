import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createRepository, type GitRepository } from './git-repository';
import { startGitServer, type GitServer } from './git-server';
import { DEFAULT_LIMITS } from '../../files/limits';
import { fetchGit, type FetchedGit, type FetchGitOptions, type GitOrigin } from '../storage/git/fetch-git';

/** A server, a repository on it, and a dashboard that is fed from there. */
export interface Fixture {
  folder: string;
  /** Folder of the dashboard. */
  dashboard: string;
  home: string;
  server: GitServer;
  repository: GitRepository;
  url: string;
  lines: string[];
  fetch(origin?: Partial<GitOrigin>, options?: Partial<FetchGitOptions>): Promise<FetchedGit>;
  end(): Promise<void>;
}

/** Tests' own environment: git is found, and nothing of whoever runs them. */
export const ENVIRONMENT = { PATH: process.env.PATH ?? '' };

export async function createFixture(): Promise<Fixture> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fetch-git-'));
  const server = await startGitServer(folder);
  const repository = createRepository(folder, 'project');
  const dashboard = path.join(folder, 'home', '.dashboards', `d${path.basename(folder).replace(/[^A-Za-z0-9]/g, '')}`);
  const lines: string[] = [];
  const url = `${server.url}project.git`;
  return {
    folder,
    dashboard,
    home: path.join(folder, 'home'),
    server,
    repository,
    url,
    lines,
    fetch: (origin = {}, options = {}) =>
      fetchGit(
        { url, ref: '', root: '.', ...origin },
        {
          dashboardFolder: dashboard,
          home: path.join(folder, 'home'),
          credential: null,
          hosts: ['127.0.0.1'],
          limits: DEFAULT_LIMITS,
          environment: ENVIRONMENT,
          signal: new AbortController().signal,
          line: text => lines.push(text),
          settings: [server.trust],
          ...options
        }
      ),
    async end() {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  };
}
