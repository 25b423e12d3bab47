import type { Version } from '../../contract';
import type { TestHub } from '../hub';
import type { Cluster } from './cluster';
import type { Claim, Pod, Stored } from './objects';

/** A server's pod, and the claims that it has mounted. */
export interface RunningPod {
  pod: Stored<Pod>;
  claims: Stored<Claim>[];
}

/** Looks up in the cluster what a server of a user's runs as; null: it does not run. */
export async function runningPod(cluster: Cluster, hub: TestHub, user: string, server: string) {
  const { body } = await hub.api('GET', `users/${user}`);
  const { servers } = body as { servers: Record<string, { state: { pod_name: string } | null }> };
  const name = servers[server]?.state?.pod_name;
  if (!name) {
    return null;
  }
  const pod = await cluster.api.get<Pod>(`${cluster.path}/pods/${name}`).catch(() => null);
  if (!pod || pod.metadata.deletionTimestamp) {
    return null;
  }
  const names = (pod.spec.volumes ?? []).flatMap(volume => volume.persistentVolumeClaim?.claimName ?? []);
  const claims = names.map(claim => cluster.api.get<Claim>(`${cluster.path}/persistentvolumeclaims/${claim}`));
  return { pod, claims: await Promise.all(claims) } satisfies RunningPod;
}

/** What of a row an administrator would look at, as lines of a table. */
export function described(step: string, { pod, claims }: RunningPod, versions: Version[]): string[] {
  return [
    `${step}: pod ${pod.metadata.name} ${pod.metadata.uid}`,
    ...claims.map(({ metadata, spec }) => {
      const source = spec.dataSource ? `${spec.dataSource.kind} ${spec.dataSource.name}` : 'none';
      return `  claim ${metadata.name} ${metadata.uid}, ${spec.accessModes.join()}, data source: ${source}`;
    }),
    ...versions.map(({ n, strategy, state, live, files, manifestHash }) => {
      return `  version ${n} by ${strategy}: ${state}${live ? ', live' : ''}, ${files} files, manifest ${manifestHash}`;
    })
  ];
}
