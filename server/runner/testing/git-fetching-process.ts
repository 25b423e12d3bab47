import { DEFAULT_LIMITS } from '../../files/limits';
import { fetchGit } from '../storage/git/fetch-git';

/**
 * Fetches in a process of its own, for a test that kills it; prints when it begins. Arguments: folder of the dashboard,
 * address, setting.
 */
const [, , dashboardFolder = '', url = '', setting = ''] = process.argv;
process.stdout.write('begun\n');
fetchGit(
  { url, ref: '', root: '.' },
  {
    dashboardFolder,
    home: '/nonexistent',
    credential: null,
    hosts: ['127.0.0.1'],
    limits: DEFAULT_LIMITS,
    environment: { PATH: process.env.PATH ?? '' },
    signal: new AbortController().signal,
    line: () => undefined,
    settings: [setting]
  }
).then(
  ({ commit }) => process.stdout.write(`${commit}\n`),
  (error: unknown) => process.stdout.write(`${String(error)}\n`)
);
