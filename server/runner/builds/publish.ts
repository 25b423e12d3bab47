import type { RunnableVersion, Selection } from '../../contract';
import { frameworkOf } from '../../frameworks';
import { problemOf } from '../../problem-error';
import { grouped } from '../../grouped';
import { sizeInWords } from '../../size-in-words';
import { chooseStrategy } from '../storage/choose-strategy';
import { secretWarnings } from '../storage/live/secrets';
import { serveInPlace } from '../storage/live/serve-in-place';
import { fetchStrategy, forgetOthers } from '../storage/strategies';
import type { Fetched, PublishJob } from '../storage/strategy';
import { checkPublishable } from '../../files/publishable';
import { removeVersion } from '../versions/remove';
import { takeSnapshot, type Snapshot } from '../versions/snapshot';
import { startAndCheck, type BuildContext, type Success } from './build';
import { choose } from './choose';

const MAX_WARNINGS = 200;

/**
 * Makes a new version: brings its files here, finds out what it is, copies them, starts it and lets it prove that it works.
 *
 * @throws ProblemError; nothing of the version stays on the disk then. The caller stops its app.
 */
export async function publish(job: PublishJob, context: BuildContext): Promise<Success> {
  context.stage('copy');
  if (job.source.kind === 'files') {
    await checkPublishable(job.source, context.around.home, context.allowed.paths);
  }
  const strategy = await chooseStrategy(job, context.around.home, context.allowed.strategies);
  const fetched = await fetchStrategy(strategy).fetch(job, context);
  const selection: Selection = { root: fetched.root, entry: job.source.entry, scope: job.source.scope };
  const { framework, reason, source } = choose(
    { ...job, source: selection },
    context.around.home,
    context.allowed.frameworks
  );
  context.line(`${reason}: it runs with ${frameworkOf(framework).title}.`);
  const { manifest, warnings } =
    strategy === 'live' ? await serve(job.n, source, context) : await copy(job.n, source, fetched, context);
  const version: RunnableVersion = { n: job.n, framework, entry: source.entry, command: job.command, strategy };
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
    warnings: [...appWarnings, ...warnings].slice(0, MAX_WARNINGS).map(warning => warning.slice(0, 2_000))
  };
}

/** Removes what a failed build has made. */
export function discard(job: PublishJob, context: Pick<BuildContext, 'around'>): Promise<void> {
  return removeVersion(context.around.places, job.n);
}

type Made = Pick<Snapshot, 'manifest' | 'warnings'>;

async function serve(n: number, source: Selection, context: BuildContext): Promise<Made> {
  const manifest = await serveInPlace(context.around.places, n, source);
  context.line('Nothing is copied: viewers see the files as they are saved.');
  const warnings = secretWarnings(source.root, context.around.home);
  warnings.forEach(context.line);
  return { manifest, warnings };
}

const LINE_EVERY_MS = 1_000;

async function copy(n: number, source: Selection, { own, check }: Fetched, context: BuildContext): Promise<Made> {
  const { places, home } = context.around;
  let told = performance.now();
  const snapshot = await takeSnapshot({
    places,
    home,
    version: n,
    source,
    own,
    check,
    signal: context.signal,
    limits: context.limits,
    progress(copied) {
      if (performance.now() - told > LINE_EVERY_MS) {
        told = performance.now();
        context.line(copiedLine(copied.files, copied.bytes));
      }
    }
  });
  context.line(copiedLine(snapshot.manifest.files, snapshot.manifest.bytes));
  return snapshot;
}

function copiedLine(files: number, bytes: number): string {
  return `Copied ${grouped(files)} ${files === 1 ? 'file' : 'files'}, ${sizeInWords(bytes)}`;
}
