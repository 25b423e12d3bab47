import type { StartReply, StartSpecification, VersionMount } from '../../contract';

/** What a pod is to be made with, on Kubernetes. */
export type WantedPod = NonNullable<Extract<StartReply, { kind: 'run' }>['pod']>;

/** Run this, with these volumes. As base64url, because some Spawners format `{` in the values of variables. */
export function run(specification: StartSpecification, mounts: VersionMount[] = [], pod?: WantedPod): StartReply {
  const packed = Buffer.from(JSON.stringify(specification)).toString('base64url');
  return { kind: 'run', specification: packed, ...(mounts.length > 0 && { mounts }), ...(pod && { pod }) };
}

/** Show this sentence instead. */
export function refuse(message: string): StartReply {
  return { kind: 'refuse', message };
}
