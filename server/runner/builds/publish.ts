import type { RunnableVersion, Selection } from '../../contract';
import { frameworkOf } from '../../frameworks';
import { problemOf } from '../../problem-error';
import { chooseStrategy } from '../storage/choose-strategy';
import { forgetOthers, storageStrategy } from '../storage/strategies';
import type { PublishJob } from '../storage/strategy';
import { checkPublishable } from '../../files/publishable';
import { removeVersion } from '../versions/remove';
import { installedFor } from '../supervisor/installed';
import { startAndCheck, type BuildContext, type Success } from './build';
import { choose } from './choose';

const MAX_WARNINGS = 200;

/**
 * Makes a new version: brings its files here, finds out what it is, makes the version, starts it and lets it
 * prove that it works.
 *
 * @throws ProblemError; nothing of the version stays on the disk then. The caller stops its app.
 */
export async function publish(job: PublishJob, context: BuildContext): Promise<Success> {
  context.stage('copy');
  if (job.source.kind === 'files') {
    await checkPublishable(job.source, context.around.home, context.allowed.paths);
    if (job.cloned) {
      await checkPublishable({ root: job.cloned.from }, context.around.home, context.allowed.paths);
    }
  }
  const strategy = await chooseStrategy(job, context.around.home, context.allowed.strategies);
  const storage = storageStrategy(strategy);
  const fetched = await storage.fetch(job, context);
  const selection: Selection = { root: fetched.root, entry: job.source.entry, scope: job.source.scope };
  const { framework, reason, source } = choose(
    { ...job, source: selection },
    context.around.home,
    context.allowed.frameworks
  );
  context.line(`${reason}: it runs with ${frameworkOf(framework).title}.`);
  const { manifest, warnings } = await storage.make(job.n, source, fetched, context);
  const version: RunnableVersion = { n: job.n, framework, entry: source.entry, command: job.command, strategy };
  const installed = installedFor(framework, context.around);
  const appWarnings = await startAndCheck(context, version, true);
  // What cannot be removed costs room, and no version.
  await forgetOthers(context.around.places.dashboard, strategy).catch((error: unknown) =>
    context.line(problemOf(error).message)
  );
  return {
    ok: true,
    framework,
    entry: source.entry,
    frameworkReason: reason,
    strategy,
    ...(fetched.commit !== undefined && { commit: fetched.commit }),
    manifestHash: manifest.hash,
    files: manifest.files,
    bytes: manifest.bytes,
    installed: await installed,
    warnings: [...appWarnings, ...warnings].slice(0, MAX_WARNINGS).map(warning => warning.slice(0, 2_000))
  };
}

/** Removes what a failed build has made. */
export function discard(job: PublishJob, context: Pick<BuildContext, 'around'>): Promise<void> {
  return removeVersion(context.around.places, job.n);
}
