import type { BuildJob, FrameworkId, RunnableVersion } from '../../contract';
import { detect, frameworkOf } from '../../frameworks';
import { ProblemError } from '../problem-error';
import { checkInstalled } from '../supervisor/framework-check';
import { appEnvironment } from '../supervisor/environment';
import { readEntry } from '../versions/read-entry';
import { removeVersion } from '../versions/remove';
import { takeSnapshot, type Snapshot } from '../versions/snapshot';
import { startAndCheck, type BuildContext, type Success } from './build';

type PublishJob = Extract<BuildJob, { kind: 'publish' }>;

const MAX_WARNINGS = 200;

/**
 * Makes a new version: finds out what it is, copies its files, starts it and lets it prove that it works.
 *
 * @throws ProblemError; nothing of the version stays on the disk then. The caller stops its app.
 */
export async function publish(job: PublishJob, context: BuildContext): Promise<Success> {
  context.stage('copy');
  const { framework, reason } = await choose(job, context);
  context.line(`${reason}: it runs with ${frameworkOf(framework).title}.`);
  await checkInstalled(frameworkOf(framework), context.around.python, checkEnvironment(context));
  const { manifest, warnings } = await copy(job, context);
  const version: RunnableVersion = { n: job.n, framework, entry: job.source.entry, command: job.command };
  const appWarnings = await startAndCheck(context, version, true);
  return {
    ok: true,
    framework,
    frameworkReason: reason,
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

async function choose(job: PublishJob, context: BuildContext): Promise<{ framework: FrameworkId; reason: string }> {
  const text = await readEntry(job.source, context.around.home);
  const detected = detect({ path: job.source.entry, text });
  if (job.framework) {
    const same = detected?.framework === job.framework;
    return { framework: job.framework, reason: same ? detected.reason : 'The author chose it' };
  }
  if (job.command !== null) {
    return { framework: 'command', reason: 'The author gave a command line' };
  }
  if (!detected || detected.framework === 'command') {
    const suggestion = detected?.command ? ` For this file it may be: ${detected.command}` : '';
    throw new ProblemError('framework_unknown', `It is not clear how to run ${job.source.entry}.`, {
      fix: `Choose a framework, or give the command line that starts the app.${suggestion}`
    });
  }
  return { framework: detected.framework, reason: detected.reason };
}

function checkEnvironment({ around }: BuildContext): Record<string, string> {
  return appEnvironment({
    base: around.environment,
    framework: {},
    python: around.python,
    home: around.home,
    scratch: around.places.scratch(0),
    marker: `${around.dashboardId}.check`
  });
}

const LINE_EVERY_MS = 1_000;

async function copy(job: PublishJob, context: BuildContext): Promise<Snapshot> {
  const { places, home } = context.around;
  let told = performance.now();
  const snapshot = await takeSnapshot({
    places,
    home,
    version: job.n,
    source: job.source,
    signal: context.signal,
    limits: context.limits,
    progress(copied) {
      if (performance.now() - told > LINE_EVERY_MS) {
        told = performance.now();
        context.line(copiedLine(copied.files, copied.bytes));
      }
    }
  });
  const { manifest } = snapshot;
  context.line(copiedLine(manifest.files, manifest.bytes));
  if (!manifest.entries.some(entry => entry.kind === 'file' && entry.path === job.source.entry)) {
    throw new ProblemError('file_missing', `The file ${job.source.entry} is left out of the version.`, {
      fix: 'Take it out of .dashboardignore, or move it out of a folder that is never published, then publish again.'
    });
  }
  return snapshot;
}

function copiedLine(files: number, bytes: number): string {
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
  return `Copied ${files.toLocaleString('en')} ${files === 1 ? 'file' : 'files'}, ${size}`;
}
