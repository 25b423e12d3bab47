import { API, PushState, PushTicket, type Problem, type PushOrder, type PushOutcome } from '../../server/contract';
import type { Connection } from './connection';
import { DashboardsError, toProblem } from './errors';
import { askServer, readServer, type LabServer } from './lab-server';
import { call } from './request';

const LOOK_MS = 1_000;
/** A ticket is good for one start of the dashboard's server. This is more often than that is started for one build. */
const TICKETS = 5;

/**
 * Has this Lab's own server send the files of a build to a dashboard's server that does not see them, and waits until that
 * has ended.
 *
 * @returns what is in the way; null: the files are there, or nobody waits for them any longer
 */
export type Push = (connection: Connection, build: string, signal: AbortSignal) => Promise<Problem | null>;

/** @param hub - the hub as this page sees it: `https://hub.example.org` */
export function pusher(server: LabServer, hub: string): Push {
  /** @returns how it ended; null: nobody waits for the files any longer */
  async function pushOnce(connection: Connection, build: string, signal: AbortSignal): Promise<PushOutcome | null> {
    const ticket = await ticketFor(connection, build);
    if (ticket === null) {
      return null;
    }
    const own = { url: new URL(ticket.path, hub).href };
    const order: PushOrder = {
      build,
      ticket: ticket.ticket,
      source: ticket.source,
      addresses: [...ticket.addresses, own],
      publishablePaths: ticket.publishablePaths
    };
    let state = await askServer(server, 'push', PushState, order, signal);
    while (state.running) {
      await connection.sleep(LOOK_MS, signal);
      signal.throwIfAborted();
      state = await readServer(server, 'push', PushState, { build }, signal);
    }
    return state.outcome;
  }

  return async (connection, build, signal) => {
    try {
      for (let tickets = 1; ; tickets++) {
        const problem = (await pushOnce(connection, build, signal))?.problem ?? null;
        // Another server has taken the place of the one that the ticket is for.
        if (problem?.code !== 'not_signed_in' || tickets === TICKETS) {
          return problem;
        }
        await connection.sleep(LOOK_MS, signal);
        signal.throwIfAborted();
      }
    } catch (error) {
      return signal.aborted ? null : toProblem(error, connection.trans);
    }
  };
}

/** @returns null where the build does not wait for files, or not for now */
async function ticketFor(connection: Connection, build: string): Promise<PushTicket | null> {
  try {
    return await call(connection, PushTicket, API.pushTicket(build), { method: 'POST' });
  } catch (error) {
    if (error instanceof DashboardsError && error.code === 'state_conflict') {
      return null;
    }
    throw error;
  }
}
