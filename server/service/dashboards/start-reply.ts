import type { StartReply, StartSpecification, VersionMount } from '../../contract';

/** Run this, with these volumes. As base64url, because some Spawners format `{` in the values of variables. */
export function run(specification: StartSpecification, mounts: VersionMount[] = []): StartReply {
  const packed = Buffer.from(JSON.stringify(specification)).toString('base64url');
  return { kind: 'run', specification: packed, ...(mounts.length > 0 && { mounts }) };
}

/** Show this sentence instead. */
export function refuse(message: string): StartReply {
  return { kind: 'refuse', message };
}
