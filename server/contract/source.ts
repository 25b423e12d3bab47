import { Type, type Static } from 'typebox';

import { LIMITS } from './names';

const Entry = Type.String({
  minLength: 1,
  maxLength: LIMITS.path,
  description:
    'What is started: the path of a file, or of a folder, below `root`. `.` is `root` itself; which file of it is started is found out while it is published.'
});
const Scope = Type.Union([Type.Literal('folder'), Type.Literal('file')], {
  description: '`folder` publishes all of `root`, `file` the entry alone.'
});

/** Files where a server of the author's sees them. */
export const FilesSource = Type.Object(
  {
    kind: Type.Literal('files', { description: 'Always `files`.' }),
    root: Type.String({
      minLength: 1,
      maxLength: LIMITS.path,
      description: 'A folder as servers of the author see it: an absolute path, or one that begins with `~/`.'
    }),
    entry: Entry,
    scope: Scope,
    live: Type.Optional(
      Type.Boolean({
        description:
          'True: nothing is copied, and viewers see the files as they are saved. Left out: they see them as they are when they are published.'
      })
    )
  },
  { additionalProperties: false, description: 'Files of the author’s.' }
);
export type FilesSource = Static<typeof FilesSource>;

/** Files of a Git repository. */
export const GitSource = Type.Object(
  {
    kind: Type.Literal('git', { description: 'Always `git`.' }),
    url: Type.String({
      minLength: 1,
      maxLength: LIMITS.path,
      description: 'Address of the repository: `https://host/path`, `ssh://git@host/path` or `git@host:path`.'
    }),
    ref: Type.String({
      maxLength: LIMITS.gitRef,
      description:
        'A branch, a tag or a commit; empty: the branch that the repository names as its own. Which commit it stands for is found out each time it is published.'
    }),
    root: Type.String({
      minLength: 1,
      maxLength: LIMITS.path,
      description: 'A folder of the repository, by its path there; `.` is the whole of it.'
    }),
    entry: Entry,
    scope: Scope,
    credential: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description:
          'What a private repository is read with: the id of a stored credential, or `own` for the author’s own Git set-up. Left out: nothing.'
      })
    ),
    lfs: Type.Optional(
      Type.Boolean({
        description:
          'True: files that the repository keeps in Git LFS are fetched, too. Left out: a folder that has some is refused.'
      })
    ),
    submodules: Type.Optional(
      Type.Boolean({
        description:
          'True: repositories inside of the repository (submodules) are fetched, too. Left out: a folder that has some is refused.'
      })
    )
  },
  {
    additionalProperties: false,
    description: 'Files of a Git repository, of the newest commit of a branch, or of a certain one.'
  }
);
export type GitSource = Static<typeof GitSource>;

export const Source = Type.Union([FilesSource, GitSource], { description: 'Where the files of a version come from.' });
export type Source = Static<typeof Source>;

/** Which files of a folder are meant, wherever that is. */
export type Selection = Pick<FilesSource, 'root' | 'entry' | 'scope'>;

/** Whether two sources lead to the same entry, of whatever state of the files. */
export function sameEntry(one: Source, other: Source): boolean {
  const repository = (source: Source) => (source.kind === 'git' ? source.url : null);
  return one.root === other.root && one.entry === other.entry && repository(one) === repository(other);
}

/** By which the volume that the author's files are on becomes two, by the Kubernetes that the hub runs on. */
export const CLONE_STRATEGIES = ['clone', 'volume-snapshot'] as const;
export type CloneStrategy = (typeof CLONE_STRATEGIES)[number];

export const STRATEGIES = ['snapshot', 'live', 'relay', 'git', ...CLONE_STRATEGIES] as const;
export const Strategy = Type.Enum([...STRATEGIES], {
  description:
    'How the files come to where they are served. `snapshot`: copied from the author’s files; `live`: served where they are, as they are saved; `relay`: sent by the author’s own server; `git`: fetched from a repository; `clone`: on a clone of the volume that they are on, which the storage makes; `volume-snapshot`: likewise, by way of a snapshot of the volume.'
});
export type Strategy = Static<typeof Strategy>;

export function isCloneStrategy(strategy: Strategy): strategy is CloneStrategy {
  return (CLONE_STRATEGIES as readonly Strategy[]).includes(strategy);
}

/**
 * By which strategies files of the author's are cloned, in the order in which they are tried: those that the administrator
 * names before `relay`, which takes all files that come to it.
 */
export function cloneStrategies(allowed: readonly Strategy[]): CloneStrategy[] {
  const end = allowed.indexOf('relay');
  return (end < 0 ? allowed : allowed.slice(0, end)).filter(isCloneStrategy);
}

/** Whether the volume of a source's files may have to be cloned before the dashboard's server gets to them. */
export function mayBeCloned(source: Source, allowed: readonly Strategy[]): boolean {
  return source.kind === 'files' && !source.live && cloneStrategies(allowed).length > 0;
}

/** Of 64 bits, which are more than fit into a number. */
const Digits = Type.String({
  pattern: '^-?[0-9]{1,20}$',
  description: 'Digits alone, with a `-` before them or without.'
});

/** What the author's own server sees of a folder. A server that sees the same is at the same files, not at others of that name. */
export const Place = Type.Object(
  {
    inode: Type.With(Digits, { description: 'Digits alone. Inode of the folder.' }),
    born: Type.Optional(
      Type.With(Digits, {
        description:
          'Digits alone. When the folder was made (btime), in nanoseconds since 1970; left out where the file system does not say.'
      })
    ),
    newest: Type.Union(
      [
        Type.Object(
          {
            path: Type.String({
              maxLength: LIMITS.path,
              description: 'Its path below the folder; empty: the folder itself.'
            }),
            changed: Type.With(Digits, {
              description: 'Digits alone. When it was last changed in whatever way (ctime), in nanoseconds since 1970.'
            })
          },
          { additionalProperties: false, description: 'An item below the folder.' }
        ),
        Type.Null()
      ],
      { description: 'What of it was changed last; null: nothing is known.' }
    ),
    folder: Type.Optional(
      Type.String({
        maxLength: LIMITS.path,
        pattern: '^/',
        description:
          'Where the program has the folder: its absolute path, without links in it. Left out: it has not said.'
      })
    )
  },
  {
    additionalProperties: false,
    description:
      'What a program beside the author’s files saw of the folder. The server of the dashboard looks for the same, to know whether it is at these files; where it is not, they have to be sent to it.'
  }
);
export type Place = Static<typeof Place>;
