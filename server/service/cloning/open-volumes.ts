import type { Clock } from '../clock';
import type { Config } from '../config';
import type { Environment } from '../env';
import type { Logger } from '../logger';
import { openVolumes } from '../volumes/open';
import type { Volumes } from '../volumes/volumes';
import { noVolumes } from './no-volumes';

/** The volumes of the cluster that this hub's servers run on. Where there is no way to it, whoever needs one is told so. */
export async function volumesOf(
  { apiUrl, kubeconfig, namespace }: Environment,
  { cloneTimeout, snapshotClass }: Config,
  { instance, clock, log }: { instance: string; clock: Clock; log: Logger }
): Promise<Volumes> {
  try {
    return await openVolumes({
      ...{ kubeconfig, namespace, instance, snapshotClass, clock, log },
      hubApiUrls: [apiUrl],
      limitMs: cloneTimeout * 1_000
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ err: error }, `Volumes cannot be cloned, and cloned ones cannot be looked at: ${reason}`);
    return noVolumes(reason);
  }
}
