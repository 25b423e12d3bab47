import { sql, type Transaction } from 'kysely';

import type { BuildEvent, BuildState } from '../../contract';
import { contractBuild, type BuildRecord } from '../builds/build';
import type { BuildMove } from '../builds/store';
import { isFinal, mayFollow } from '../builds/transitions';
import { isoTime } from '../clock';
import { buildRecord } from './records';
import type { Tables } from './tables';

/** The only place that changes a build's state. */
export async function writeBuildState(
  trx: Transaction<Tables>,
  build: BuildRecord,
  to: BuildState,
  move: BuildMove
): Promise<BuildRecord | null> {
  if (!mayFollow(build.state, to)) {
    return null;
  }
  const row = await trx
    .updateTable('builds')
    .set({
      state: to,
      ended_at: isFinal(to) ? isoTime(move.at) : null,
      problem: move.problem ? JSON.stringify(move.problem) : null,
      ...(isFinal(to) ? { lease_until: null } : move.leaseUntil !== undefined ? { lease_until: move.leaseUntil } : {}),
      ...(move.again ? { attempts: sql<number>`attempts + 1` } : {})
    })
    .where('id', '=', build.id)
    .where('state', '=', build.state)
    .returningAll()
    .executeTakeFirst();
  if (!row) {
    return null;
  }
  const moved = buildRecord(row);
  await appendEvent(trx, build.id, move.at, { kind: 'state', build: contractBuild(moved) });
  return moved;
}

type EventBody =
  Omit<Extract<BuildEvent, { kind: 'state' }>, 'seq' | 'at'> | Omit<Extract<BuildEvent, { kind: 'log' }>, 'seq' | 'at'>;

/** Adds an event with the next sequence number of its build. */
export async function appendEvent(
  trx: Transaction<Tables>,
  buildId: string,
  at: number,
  body: EventBody
): Promise<void> {
  const last = await trx
    .selectFrom('build_events')
    .select(eb => eb.fn.max('seq').as('seq'))
    .where('build_id', '=', buildId)
    .executeTakeFirst();
  await trx
    .insertInto('build_events')
    .values({ build_id: buildId, seq: (last?.seq ?? 0) + 1, at: isoTime(at), body: JSON.stringify(body) })
    .execute();
}
