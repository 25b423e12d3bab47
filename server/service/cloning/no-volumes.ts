import { kubernetesUnavailable } from '../volumes/cluster/failures';
import type { Volumes } from '../volumes/volumes';

/** Stands for volumes where there is no way to a Kubernetes API: whoever needs one is told why. */
export function noVolumes(reason: string): Volumes {
  const fail = () => Promise.reject(kubernetesUnavailable(reason));
  return { locate: fail, make: fail, claims: fail, remove: fail, sweep: fail, rights: fail };
}
