import { Type, type Static } from 'typebox';

import { Problem } from './errors';
import { LIMITS } from './names';
import { Cut } from './plan';
import { FilesSource, GitSource } from './source';

const { root, entry } = FilesSource.properties;

/** POST <base url of the author's server>jupyterhub-dashboards/git */
export const GitRequest = Type.Object(
  { root, entry },
  { additionalProperties: false, description: 'Files that may be those of a Git repository.' }
);
export type GitRequest = Static<typeof GitRequest>;

export const GitFacts = Type.Object(
  {
    branch: Type.Union([Type.String(), Type.Null()], { description: 'The branch that is checked out; null: none.' }),
    commit: Type.Union([Type.String(), Type.Null()], { description: 'The commit that is; null: there is none yet.' }),
    dirty: Cut(Type.String(), 'Files of the folder that are not as in that commit: paths below the folder.'),
    ahead: Type.Integer({
      minimum: 0,
      description: 'How many commits the remote branch lacks, as far as is known without asking it.'
    }),
    hasEntry: Type.Boolean({ description: 'Whether the entry is part of that commit.' }),
    offer: Type.Union(
      [
        Type.Object({
          remote: Type.String({ description: 'Name of the remote.' }),
          url: GitSource.properties.url,
          ref: Type.String({ minLength: 1, maxLength: LIMITS.gitRef, description: 'The branch, or the commit.' }),
          root: GitSource.properties.root
        }),
        Type.Null()
      ],
      {
        description: 'Where a hub can fetch them from; null: there is no branch or commit on a remote by https or ssh.'
      }
    )
  },
  { description: 'What Git says of files, found out without asking any remote.' }
);
export type GitFacts = Static<typeof GitFacts>;

/** Reply with status 200; all others are an `ErrorReply`. */
export const GitReply = Type.Object({
  git: Type.Union([GitFacts, Type.Null()], { description: 'Null: the folder is in no work tree, or Git is not here.' }),
  problem: Type.Union([Problem, Type.Null()], { description: 'Why Git says nothing of a work tree.' })
});
export type GitReply = Static<typeof GitReply>;
