import type { BuildJob } from '../../contract';
import { readSummary } from '../../files/read-manifest';
import { ProblemError } from '../../problem-error';
import { checkUndamaged } from '../versions/verify';
import { startAndCheck, type BuildContext, type Success } from './build';

type ActivateJob = Extract<BuildJob, { kind: 'activate' }>;

/**
 * Starts a version that has been kept. It has proved once that it works, so its first page is not run again.
 *
 * @throws ProblemError, `version_damaged` where its files are not what was published any more; they stay.
 */
export async function activate(job: ActivateJob, context: BuildContext): Promise<Success> {
  const manifest = readSummary(context.around.places.manifest(job.version.n));
  if (!manifest) {
    throw new ProblemError('file_missing', `The files of version ${job.version.n} are no longer there.`, {
      fix: 'Publish the dashboard again.'
    });
  }
  context.line(`Looking through the files of version ${job.version.n}.`);
  await checkUndamaged(context.around.places, job.version.n, context.signal);
  await startAndCheck(context, job.version, false);
  return {
    ok: true,
    framework: job.version.framework,
    frameworkReason: '',
    manifestHash: manifest.hash,
    files: manifest.files,
    bytes: manifest.bytes,
    warnings: []
  };
}
