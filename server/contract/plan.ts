import { Type, type Static, type TSchema } from 'typebox';

import { Problem } from './errors';
import { LIMITS } from './names';
import { FilesSource, GitSource, Place } from './source';

/** Why something in a folder stays out of a version. */
export const EXCLUSIONS = ['rule', 'history', 'packages', 'environment', 'cache', 'trash', 'store', 'hidden'] as const;
export const Exclusion = Type.Enum([...EXCLUSIONS], {
  description:
    'Why it stays out. `rule`: named in `.dashboardignore`; `history`: of Git and the like; `packages`: `node_modules`; `environment`: a virtual environment; `cache`; `trash`: what was deleted; `store`: where dashboards are kept; `hidden`: a hidden name in the home folder.'
});
export type Exclusion = Static<typeof Exclusion>;

/** What no version can hold. */
export const SKIPPED = ['name', 'pipe', 'socket', 'device'] as const;
export const Skipped = Type.Enum([...SKIPPED], {
  description: '`name`: its name, or what it is a link to, is not UTF-8; `pipe`, `socket`, `device`.'
});
export type Skipped = Static<typeof Skipped>;

/** Tokens that are known by how they look. */
export const TOKEN_KINDS = [
  'anthropic',
  'aws',
  'azure',
  'databricks',
  'github',
  'gitlab',
  'google',
  'huggingface',
  'jupyter',
  'npm',
  'openai',
  'private-key',
  'pypi',
  'slack',
  'stripe'
] as const;
export const TokenKind = Type.Enum([...TOKEN_KINDS], {
  description: 'Whom it opens something of; `private-key`: any. The token itself is told to nobody.'
});
export type TokenKind = Static<typeof TokenKind>;

/** The first of many, and how many there are. */
export function Cut<T extends TSchema>(item: T, description: string) {
  return Type.Object(
    {
      items: Type.Array(item, { maxItems: LIMITS.planItems, description: 'The first of them.' }),
      count: Type.Integer({ minimum: 0, description: 'How many there are.' })
    },
    { description }
  );
}
export interface Cut<T> {
  items: T[];
  count: number;
}

const Path = Type.String({ description: 'Path below the folder.' });
export const FoundToken = Type.Object({
  path: Path,
  kind: TokenKind,
  output: Type.Boolean({ description: 'Whether an output of a notebook shows it.' })
});
export type FoundToken = Static<typeof FoundToken>;
const { root, entry, scope } = FilesSource.properties;
const { url, ref, root: folder, lfs, submodules } = GitSource.properties;
const Commit = Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$', description: 'Hash of a commit.' });

/** POST <base url of the author's server>jupyterhub-dashboards/plan */
export const PlanRequest = Type.Object(
  {
    root,
    entry,
    scope,
    live: Type.Optional(
      Type.Boolean({ description: 'Whether nothing is copied: the files are served as they are saved.' })
    ),
    since: Type.Optional(
      Type.Object(
        {
          dashboard: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$', description: 'Id of a dashboard.' }),
          version: Type.Integer({ minimum: 1, description: 'Number of one of its versions.' }),
          commit: Type.Optional(
            Type.With(Commit, { description: 'Its commit, where it was made from the same folder of `repository`.' })
          )
        },
        { additionalProperties: false, description: 'What the files are compared with.' }
      )
    ),
    publishablePaths: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.path }), {
        minItems: 1,
        maxItems: 1_000,
        description: 'Folders that files may be published from on this hub. Left out: all.'
      })
    ),
    repository: Type.Optional(
      Type.Object(
        { url, ref, root: folder, lfs, submodules },
        {
          additionalProperties: false,
          description:
            'Published are files of this Git repository, of which `root` is in a clone. Left out: those in `root`.'
        }
      )
    )
  },
  { additionalProperties: false, description: 'Files that somebody thinks of publishing.' }
);
export type PlanRequest = Static<typeof PlanRequest>;

export const Plan = Type.Object(
  {
    files: Type.Integer({ minimum: 0, description: 'How many files the version will have.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Size of them all, in bytes.' }),
    folders: Type.Integer({ minimum: 0, description: 'How many folders are below the published one.' }),
    complete: Type.Boolean({
      description: 'False: there is more, which was not looked at: it is too much to publish, or it takes too long.'
    }),
    excluded: Cut(
      Type.Object({ path: Path, why: Exclusion, folder: Type.Boolean({ description: 'Whether it is a folder.' }) }),
      'What stays out. Of a folder that does, nothing below it is named.'
    ),
    skipped: Cut(Type.Object({ path: Path, why: Skipped }), 'What no version can hold.'),
    secrets: Cut(Path, 'Files that probably hold a secret, as their names tell, and will be published.'),
    tokens: Type.Optional(
      Cut(
        FoundToken,
        'What looks like a token in notebooks and small files of code and settings that will be published. Not everything is looked through.'
      )
    ),
    leaving: Cut(
      Type.Object({ path: Path, target: Type.String({ description: 'What the link says.' }) }),
      'Symbolic links that lead out of the folder.'
    ),
    largest: Type.Array(Type.Object({ path: Path, bytes: Type.Integer({ minimum: 0 }) }), {
      maxItems: 10,
      description: 'The largest files, the largest first.'
    }),
    changes: Type.Union(
      [
        Type.Object({
          version: Type.Integer({ minimum: 1, description: 'The version that the files were compared with.' }),
          added: Cut(Path, 'Files that it does not have.'),
          changed: Cut(Path, 'Files that are different in it.'),
          removed: Cut(Path, 'Files that only it has.')
        }),
        Type.Null()
      ],
      { description: 'What is new since a version; null: nothing to compare with was asked for, or is here.' }
    ),
    obstacles: Type.Array(Problem, {
      description: 'What will make publishing fail unless it is changed, each with what to do. Empty: nothing known.'
    }),
    place: Type.Union([Place, Type.Null()], { description: 'Null: of files of a repository.' }),
    repository: Type.Union(
      [
        Type.Object({
          commit: Type.With(Commit, {
            description: 'The commit that was looked at: the one of the clone, which asks no remote for a newer one.'
          }),
          fixed: Type.Boolean({ description: 'Whether no other one can be published: it was asked for by its hash.' }),
          modules: Cut(Path, 'Repositories inside of it (submodules) whose files will be fetched, and are not counted.')
        }),
        Type.Null()
      ],
      { description: 'What of a repository was looked at; null: the files in `root`.' }
    )
  },
  { description: 'What publishing will copy, found out without copying anything.' }
);
export type Plan = Static<typeof Plan>;

/** Reply with status 200; all others are an `ErrorReply`. */
export const PlanReply = Type.Object({ plan: Plan });
export type PlanReply = Static<typeof PlanReply>;
