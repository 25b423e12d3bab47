import { GitReply, type GitFacts, type GitRequest } from '../../server/contract';
import { askServer, type LabServer } from '../dashboards/lab-server';

/** As long as the dialog waits for what Git says. */
const PATIENCE_MS = 4_000;

/** What Git says of files; null where it says nothing, in whatever way: they can be published as they are all the same. */
export async function readGit(server: LabServer, request: GitRequest): Promise<GitFacts | null> {
  try {
    return (await askServer(server, 'git', GitReply, request, AbortSignal.timeout(PATIENCE_MS))).git;
  } catch {
    return null;
  }
}

/** A repository as people know it: without how it is reached. */
export function repositoryName(url: string): string {
  return url
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^@/]+@/, '')
    .replace(/\.git$/, '');
}
