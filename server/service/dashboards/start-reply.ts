import type { StartReply, StartSpecification } from '../../contract';

/** Run this. As base64url, because some Spawners format `{` in the values of variables. */
export function run(specification: StartSpecification): StartReply {
  return { kind: 'run', specification: Buffer.from(JSON.stringify(specification)).toString('base64url') };
}

/** Show this sentence instead. */
export function refuse(message: string): StartReply {
  return { kind: 'refuse', message };
}
