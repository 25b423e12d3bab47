import type { Selectable, Transaction } from 'kysely';

import type { LogLine, LogOrigin } from '../../contract';
import { linesToKeep, LOG_LIMITS, removedNotice, type LogLimits } from '../logs/limits';
import type { BuildPart, LogStore, NewLine, RunnerPart, Stretch } from '../logs/store';
import { nextEvent } from './build-state';
import { newestNumber } from './sequence';
import type { Database, Tables } from './tables';

export function createLogStore(db: Database, limits: LogLimits = LOG_LIMITS): LogStore {
  const stretch = ({ dashboardId, version, limit }: Stretch) => {
    const query = db.selectFrom('log_lines').selectAll().where('dashboard_id', '=', dashboardId).limit(limit);
    return version === null ? query : query.where('version', '=', version);
  };

  return {
    append: (dashboardId, lines, part) =>
      db.transaction().execute(async trx => {
        const versions = await versionsWithLog(trx, dashboardId);
        const known = lines.filter(({ version }) => versions.has(version));
        const ofBuild = part && 'buildId' in part ? part : null;
        const ofRunner = part && 'batch' in part ? part : null;
        const wanted = known.slice(ofBuild ? await taken(trx, ofBuild, known.length) : 0);
        if (wanted.length === 0 || (ofRunner && !(await isNew(trx, dashboardId, ofRunner)))) {
          return false;
        }
        await insert(trx, dashboardId, wanted, ofBuild);
        for (const version of new Set(wanted.map(line => line.version))) {
          const some = wanted.filter(line => line.version === version);
          await count(trx, dashboardId, version, some);
          await cut(trx, dashboardId, version, limits);
        }
        return true;
      }),

    async before(of, seq) {
      const query = stretch(of).orderBy('seq', 'desc');
      return (await (seq === null ? query : query.where('seq', '<', seq)).execute()).map(logLine);
    },

    async after(of, seq) {
      return (await stretch(of).where('seq', '>', seq).orderBy('seq').execute()).map(logLine);
    },

    latest: () => newestNumber(db, 'log_lines')
  };
}

/** Takes away the logs of versions. */
export async function removeLogs(trx: Transaction<Tables>, dashboardId: string, versions: number[]): Promise<void> {
  for (const table of ['log_lines', 'version_logs'] as const) {
    await trx.deleteFrom(table).where('dashboard_id', '=', dashboardId).where('version', 'in', versions).execute();
  }
}

/** Only of these is anything kept: what a runner invents, or is late with, would stay for ever. */
async function versionsWithLog(trx: Transaction<Tables>, dashboardId: string): Promise<Set<number>> {
  const rows = await trx
    .selectFrom('versions')
    .select('n')
    .where('dashboard_id', '=', dashboardId)
    .where('state', '!=', 'removed')
    .execute();
  return new Set(rows.map(({ n }) => n));
}

async function isNew(trx: Transaction<Tables>, dashboardId: string, part: RunnerPart): Promise<boolean> {
  const values = { sender: part.sender, batch: part.batch };
  const last = await trx
    .selectFrom('log_batches')
    .selectAll()
    .where('dashboard_id', '=', dashboardId)
    .executeTakeFirst();
  if (last?.sender === part.sender && last.batch >= part.batch) {
    return false;
  }
  await trx
    .insertInto('log_batches')
    .values({ dashboard_id: dashboardId, ...values })
    .onConflict(conflict => conflict.column('dashboard_id').doUpdateSet(values))
    .execute();
  return true;
}

/** How many of a build's next `count` lines are there already; notes that the others are, too. */
async function taken(trx: Transaction<Tables>, { buildId, sender, from }: BuildPart, count: number): Promise<number> {
  if (from === null) {
    return 0;
  }
  const build = await trx
    .selectFrom('builds')
    .select(['lines_sender', 'lines_taken'])
    .where('id', '=', buildId)
    .executeTakeFirstOrThrow();
  const before = build.lines_sender === sender ? build.lines_taken : 0;
  await trx
    .updateTable('builds')
    .set({ lines_sender: sender, lines_taken: Math.max(before, from + count) })
    .where('id', '=', buildId)
    .execute();
  return Math.max(0, before - from);
}

async function insert(
  trx: Transaction<Tables>,
  dashboardId: string,
  lines: readonly NewLine[],
  part: BuildPart | null
): Promise<void> {
  const event = part && (await nextEvent(trx, part.buildId));
  const rows = lines.map(line => ({
    dashboard_id: dashboardId,
    version: line.version,
    origin: line.origin,
    at: line.at,
    text: line.text,
    build_id: part?.buildId ?? null,
    build_event: event
  }));
  await trx.insertInto('log_lines').values(rows).execute();
}

async function count(
  trx: Transaction<Tables>,
  dashboardId: string,
  version: number,
  lines: readonly NewLine[]
): Promise<void> {
  const characters = lines.reduce((sum, { text }) => sum + text.length, 0);
  await trx
    .insertInto('version_logs')
    .values({ dashboard_id: dashboardId, version, lines: lines.length, characters, removed: 0 })
    .onConflict(conflict =>
      conflict.columns(['dashboard_id', 'version']).doUpdateSet(eb => ({
        lines: eb('version_logs.lines', '+', lines.length),
        characters: eb('version_logs.characters', '+', characters)
      }))
    )
    .execute();
}

/** Brings a log that is too long back within its limits; in place of what goes stands one line that says so. */
async function cut(trx: Transaction<Tables>, dashboardId: string, version: number, limits: LogLimits): Promise<void> {
  const log = await trx
    .selectFrom('version_logs')
    .selectAll()
    .where('dashboard_id', '=', dashboardId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  if (log.lines <= limits.lines && log.characters <= limits.characters) {
    return;
  }
  const mine = trx.selectFrom('log_lines').where('dashboard_id', '=', dashboardId).where('version', '=', version);
  // The sizes of all lines are read only where it is they that are too much.
  const kept =
    log.characters > limits.characters
      ? linesToKeep(
          (
            await mine
              .select(eb => eb.fn<number>('length', ['text']).as('size'))
              .orderBy('seq', 'desc')
              .execute()
          ).map(({ size }) => size),
          limits
        )
      : linesToKeep(null, limits);
  const last = await mine.select(['seq', 'at']).orderBy('seq', 'desc').limit(1).offset(kept).executeTakeFirst();
  if (!last) {
    return;
  }
  const gone = await mine
    .select(eb => [
      eb.fn.countAll<number>().as('lines'),
      eb.fn.sum<number>(eb.fn<number>('length', ['text'])).as('characters')
    ])
    .where('seq', '<=', last.seq)
    .executeTakeFirstOrThrow();
  await trx
    .deleteFrom('log_lines')
    .where('dashboard_id', '=', dashboardId)
    .where('version', '=', version)
    .where('seq', '<=', last.seq)
    .execute();
  // The line that said so before was among them.
  const removed = log.removed + gone.lines - (log.removed > 0 ? 1 : 0);
  const text = removedNotice(removed, limits);
  await trx
    .insertInto('log_lines')
    .values({ seq: last.seq, dashboard_id: dashboardId, version, origin: 'app', at: last.at, text })
    .execute();
  await trx
    .updateTable('version_logs')
    .set({
      lines: log.lines - gone.lines + 1,
      characters: Math.max(0, log.characters - gone.characters) + text.length,
      removed
    })
    .where('dashboard_id', '=', dashboardId)
    .where('version', '=', version)
    .execute();
}

function logLine(row: Selectable<Tables['log_lines']>): LogLine {
  return { seq: row.seq, at: row.at, version: row.version, origin: row.origin as LogOrigin, text: row.text };
}
