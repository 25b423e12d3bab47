import path from 'node:path';

import type { Plan, Problem } from '../../contract';
import { createExcludes, IGNORE_FILE, type Excludes } from '../../files/excludes';
import { entryLeftOut, linksLeave } from '../../files/problems';
import { expandHome } from '../../files/home';
import type { Limits } from '../../files/limits';
import { FOLDER } from '../../frameworks';
import { BadAddress } from '../../git/bad-address';
import { checkRepositoryFolder } from '../../git/folder';
import { needsLfs, needsSubmodules, noSuchFolder, tooLarge } from '../../git/problems';
import { checkRef } from '../../git/ref';
import { ProblemError } from '../../problem-error';
import { SEARCH_MS } from '../token-search';
import { findGit } from './find-git';
import { foreign } from './git-facts';
import { sizesInLfs, type CommitFolder } from './kept-in-lfs';
import { folderOf, knownCommit, noClone, type KnownCommit } from './known-commit';
import { readContents } from './read-contents';
import { ContentMissing, readTree, type TreeItem } from './read-tree';
import { readTexts } from './read-texts';
import { createGit, GitSaidTooMuch, type Git, type GitPlace } from './run-git';
import { TreeChanges } from './tree-changes';
import { eachPublished, TreeSurvey, type GitPlanRequest, type Known, type Repository } from './tree-survey';

interface GitPlanInput {
  home: string;
  environment: NodeJS.ProcessEnv;
  limits: Limits;
  /** When it has taken too long: what was found until then is told. */
  signal: AbortSignal;
}

/** No target of a link is longer. */
const LONGEST_TARGET = 4_096;
/** Rules that fill more than this nobody has written; every file is held against each of them. */
const LONGEST_RULES = 2 ** 20;
/** Where nothing can be said here, and nothing is in the way there. */
const ALL_THE_SAME = 'It can be published all the same: the hub fetches it from the repository itself.';

/**
 * Finds out what publishing a folder of a Git repository would bring, from a clone of it: of the commit that the clone knows
 * the branch to be at. Asks no remote, changes nothing, and runs nothing that the repository names.
 *
 * @throws ProblemError where nothing can be said, as where the clone does not have that commit
 */
export async function makeGitPlan(request: GitPlanRequest, input: GitPlanInput): Promise<Plan> {
  const repository = checked(request.repository);
  const program = findGit(input.environment['PATH']);
  if (program === null) {
    throw new ProblemError('git_missing', 'There is no git on your server to look into the clone with.', {
      fix: 'It can be published all the same: git is needed where the dashboard runs.'
    });
  }
  const folder = path.resolve(expandHome(request.root, input.home));
  const place: GitPlace = { program, folder, environment: input.environment };
  const git = createGit(place, input.signal);
  try {
    const inClone = await git('rev-parse', '--git-dir');
    if (/dubious ownership/.test(inClone.err)) {
      throw foreign(inClone.err, folder);
    }
    if (inClone.code !== 0) {
      throw noClone(repository.url);
    }
    const known = await knownCommit(git, repository);
    return await lookAt({ ...request, repository }, known, git, place, input);
  } catch (error) {
    throw explained(error, input.signal);
  }
}

function explained(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ContentMissing) {
    return partial(error);
  }
  if (error instanceof GitSaidTooMuch) {
    return new ProblemError('too_large', 'Git has more to say of this commit than is looked through here.', {
      fix: ALL_THE_SAME,
      cause: error
    });
  }
  return signal.aborted
    ? new ProblemError('git_failed', 'Git took too long to find that commit in the clone here.', {
        fix: ALL_THE_SAME,
        retryable: true,
        cause: error
      })
    : error;
}

function checked(repository: Repository): Repository {
  try {
    checkRef(repository.ref);
    return { ...repository, root: checkRepositoryFolder(repository.root) };
  } catch (error) {
    throw error instanceof BadAddress ? new ProblemError('git_address', error.message, { fix: error.fix }) : error;
  }
}

function partial(cause: ContentMissing): ProblemError {
  return new ProblemError('git_ref_missing', 'The clone here has only a part of what is in that commit.', {
    fix: 'It can be published all the same: the hub fetches the rest. To see here what it is, check out that branch, and look again.',
    cause
  });
}

async function lookAt(
  request: GitPlanRequest,
  { commit, fixed }: KnownCommit,
  git: Git,
  place: GitPlace,
  { limits, signal }: GitPlanInput
): Promise<Plan> {
  const { root } = request.repository;
  const tree = await folderOf(git, commit, root);
  if (tree === null) {
    throw noSuchFolder(root, commit);
  }
  // One more than may be: then it is known that there are too many.
  const { items, complete: listed } = await readTree(place, tree, limits.files + 1, signal);
  const known = listed ? await unlessLate(signal, contentsOf(place, { commit, root, items }, signal)) : null;
  const changes = known && (await unlessLate(signal, changesSince(request, git, place, limits, signal)));
  const survey = new TreeSurvey(request, limits, known, changes);
  eachPublished(request, items, known?.excludes ?? createExcludes(null, null), survey);
  const soon = AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS)]);
  await readTexts(place, survey.texts, soon, (path, text) => survey.tokens.text(path, text));
  const { counted } = survey.tally;
  const complete = known !== null;
  return {
    ...counted,
    complete,
    tokens: survey.tokens.found,
    changes: changes?.found ?? null,
    obstacles: obstaclesOf(request, commit, items, survey, { limits, complete, leaving: counted.leaving }),
    place: null,
    repository: { commit, fixed, modules: survey.modules.cut }
  };
}

/** Null where the time was out before the work was done. */
async function unlessLate<T>(signal: AbortSignal, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) {
      return null;
    }
    throw error;
  }
}

async function contentsOf(place: GitPlace, of: CommitFolder, signal: AbortSignal): Promise<Known> {
  const links = of.items.filter(({ kind, bytes }) => kind === 'link' && bytes <= LONGEST_TARGET);
  return {
    excludes: await excludesOf(place, of.items, signal),
    targets: await readContents(
      place,
      links.map(({ hash }) => hash),
      signal
    ),
    inLfs: await sizesInLfs(place, of, signal)
  };
}

function rulesOf(items: readonly TreeItem[]): TreeItem | undefined {
  return items.find(({ path: at, kind }) => at === IGNORE_FILE && kind === 'file');
}

/** @throws ProblemError where there are too many rules */
async function excludesOf(place: GitPlace, items: readonly TreeItem[], signal: AbortSignal): Promise<Excludes> {
  const rules = rulesOf(items);
  if (rules !== undefined && rules.bytes > LONGEST_RULES) {
    const size = `${Math.ceil(rules.bytes / 1e6)} MB`;
    throw new ProblemError(
      'too_large',
      `The file ${IGNORE_FILE} of that commit holds ${size}, too much to go by here.`,
      {
        fix: `${ALL_THE_SAME} To see here what it is, name folders in that file, and not each of their files.`
      }
    );
  }
  const texts = await readContents(place, rules === undefined ? [] : [rules.hash], signal);
  return createExcludes(texts.get(rules?.hash ?? '') ?? null, null);
}

/** Null: there is no version to compare with, or what it was cannot be told from the clone. */
async function changesSince(
  { since, ...request }: GitPlanRequest,
  git: Git,
  place: GitPlace,
  limits: Limits,
  signal: AbortSignal
): Promise<TreeChanges | null> {
  if (since?.commit === undefined) {
    return null;
  }
  const tree = await folderOf(git, since.commit, request.repository.root);
  const before = tree === null ? null : await readTree(place, tree, limits.files + 1, signal);
  if (!before?.complete || (rulesOf(before.items)?.bytes ?? 0) > LONGEST_RULES) {
    return null;
  }
  const changes = new TreeChanges(since.version);
  eachPublished(request, before.items, await excludesOf(place, before.items, signal), {
    folder: () => undefined,
    item: item => changes.had(item),
    needed: () => undefined,
    skipped: () => undefined,
    excluded: () => undefined
  });
  return changes;
}

function obstaclesOf(
  { entry, repository }: GitPlanRequest,
  commit: string,
  items: readonly TreeItem[],
  { tally, modules, inLfs }: TreeSurvey,
  { limits, complete, leaving }: Pick<Plan, 'complete' | 'leaving'> & { limits: Limits }
): Problem[] {
  // All of the folder is looked at by who fetches it, also what is left out afterwards.
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  return [
    items.length > limits.files || bytes > limits.bytes || tally.tooLarge ? tooLarge(limits) : null,
    repository.submodules !== true && modules.cut.count > 0 ? needsSubmodules(modules.cut.items) : null,
    repository.lfs !== true && inLfs.cut.count > 0 ? needsLfs(inLfs.cut.items) : null,
    leaving.count > 0 ? linksLeave(leaving.items) : null,
    complete && entry !== FOLDER && !tally.hasEntry
      ? tally.leavesEntryOut
        ? entryLeftOut(entry)
        : notCommitted(entry, commit)
      : null
  ]
    .filter(error => error !== null)
    .map(({ problem }) => problem);
}

function notCommitted(entry: string, commit: string): ProblemError {
  return new ProblemError('file_missing', `The file ${entry} is not in the folder at commit ${commit.slice(0, 12)}.`, {
    fix: 'Commit it there and push, or choose another file, then publish again.'
  });
}
