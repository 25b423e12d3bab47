import type { GitSession } from './session';

/** The session, with local runs that also see the objects of other repositories: those of the folders `mirrors`. */
export function seeing(session: GitSession, mirrors: readonly string[]): GitSession {
  if (mirrors.length === 0) {
    return session;
  }
  // In quotes, as a folder's name may hold the sign that stands between two.
  const folders = mirrors.map(mirror => `"${`${mirror}/objects`.replace(/["\\]/g, '\\$&')}"`);
  const variables = { GIT_ALTERNATE_OBJECT_DIRECTORIES: folders.join(':') };
  return {
    ...session,
    local: (folder, args, more = {}) =>
      session.local(folder, args, { ...more, variables: { ...variables, ...more.variables } })
  };
}
