import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { createOutage } from '../outage';
import { remember } from '../remember';
import type { Viewer } from './audience';
import { createBudget } from './hub-budget';
import { HUB_AWAY_MS } from './identities';
import type { ViewerSession } from './store';
import type { Viewers } from './viewers';

/** Questions to the Hub about viewers: each costs it about a millisecond of its only core. */
const PER_SECOND = 50;
/** As many as add up between two heartbeats of a runner. */
const AT_ONCE = 200;
/** Whoever looks is asked about at least this often, however many they are. */
const OVERDUE_MS = 60_000;
const MAX_KNOWN = 10_000;

/** Undefined: it cannot be found out now, only their name is known. Null: signed out, or not known for too long. */
export type Seen = Viewer | null | undefined;

/** What is known of the people behind sessions at runners: asked of the Hub, as often as it can bear. */
export interface Rechecks {
  /** They have just been looked at. */
  saw(sessionId: string, viewer: Viewer): void;
  /** Of sessions in use, by their ids. The Hub is asked first about those who have waited longest. */
  inUse(sessions: readonly ViewerSession[]): Promise<Map<string, Seen>>;
  /**
   * Of all sessions that there are. The Hub is asked first about those who look now; of those who have not for long,
   * nothing is known until they come back.
   */
  ofAll(sessions: readonly ViewerSession[]): Promise<Map<string, Seen>>;
}

export interface RechecksOptions {
  viewers: Viewers;
  clock: Clock;
  log: Logger;
}

/** The Hub's last answer about a session, and when the Hub was asked last. */
interface Known {
  viewer: Viewer | undefined;
  answeredAt: number;
  askedAt: number;
}

export function createRechecks({ viewers, clock, log }: RechecksOptions): Rechecks {
  const budget = createBudget(PER_SECOND, AT_ONCE, clock);
  const outage = createOutage(log, 'sign-ins that have ended at the Hub not removed');
  const last = new Map<string, Known>();
  // A service that is started again knows nobody: they go on as if they had been seen at its start.
  const begun = clock();

  const known = (id: string): Known => last.get(id) ?? { viewer: undefined, answeredAt: begun, askedAt: begun };
  const keep = (id: string, entry: Known) => remember(last, id, entry, MAX_KNOWN);

  /** While the Hub cannot be asked, its last answer counts, but not for ever: in doubt, nobody looks. */
  function lastAnswer(id: string): Seen {
    const { viewer, answeredAt } = known(id);
    return answeredAt + HUB_AWAY_MS > clock() ? viewer : null;
  }

  async function endSignIn(id: string): Promise<void> {
    last.delete(id);
    try {
      await viewers.end(id);
      outage.worked();
    } catch (error) {
      outage.failed(error);
    }
  }

  async function check(
    sessions: readonly ViewerSession[],
    order: (one: Known, other: Known) => number,
    mayAsk: (session: Known) => boolean,
    otherwise: (id: string) => Seen
  ): Promise<Map<string, Seen>> {
    const failures: unknown[] = [];
    const sorted = sessions.map(session => ({ session, was: known(session.id) }));
    sorted.sort((one, other) => order(one.was, other.was));
    const seen = await Promise.all(
      sorted.map(async ({ session, was }): Promise<[string, Seen]> => {
        const { id } = session;
        if (!viewers.remembered(session) && !mayAsk(was)) {
          return [id, otherwise(id)];
        }
        const askedAt = clock();
        keep(id, { ...was, askedAt });
        try {
          const viewer = await viewers.ofSession(session);
          if (viewer) {
            keep(id, { viewer, answeredAt: clock(), askedAt });
          } else {
            await endSignIn(id);
          }
          return [id, viewer];
        } catch (error) {
          failures.push(error);
          return [id, otherwise(id)];
        }
      })
    );
    if (failures.length > 0) {
      log.warn({ err: failures[0], viewers: failures.length }, 'viewers not checked');
    }
    return new Map(seen);
  }

  return {
    saw: (id, viewer) => keep(id, { viewer, answeredAt: clock(), askedAt: clock() }),

    inUse: sessions =>
      check(
        sessions,
        (one, other) => one.askedAt - other.askedAt,
        ({ askedAt }) => budget.take() || askedAt + OVERDUE_MS <= clock(),
        lastAnswer
      ),

    ofAll: sessions =>
      check(
        sessions,
        (one, other) => other.askedAt - one.askedAt,
        () => budget.take(),
        id => lastAnswer(id) ?? undefined
      )
  };
}
