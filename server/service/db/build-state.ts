import { sql, type Transaction } from 'kysely';

import type { BuildState } from '../../contract';
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
      // Whatever comes next, it does so with its files, or from the beginning.
      wants_files: 0,
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
  await appendState(trx, moved, move.at);
  return moved;
}

/** Records the state that a build has now as an event. */
export async function appendState(trx: Transaction<Tables>, build: BuildRecord, at: number): Promise<void> {
  const seq = await nextEvent(trx, build.id);
  const body = JSON.stringify({ kind: 'state', build: contractBuild(build) });
  await trx
    .insertInto('build_events')
    .values({ build_id: build.id, seq, at: isoTime(at), body })
    .execute();
}

/** The next sequence number of a build's events: of its states, and of the lines that came with one report. */
export async function nextEvent(trx: Transaction<Tables>, buildId: string): Promise<number> {
  const [state, lines] = await Promise.all([
    trx
      .selectFrom('build_events')
      .select(eb => eb.fn.max('seq').as('last'))
      .where('build_id', '=', buildId)
      .executeTakeFirst(),
    trx
      .selectFrom('log_lines')
      .select(eb => eb.fn.max('build_event').as('last'))
      .where('build_id', '=', buildId)
      .executeTakeFirst()
  ]);
  return Math.max(state?.last ?? 0, lines?.last ?? 0) + 1;
}
