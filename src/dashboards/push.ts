import { API, PushState, PushTicket, type Problem, type PushOrder } from '../../server/contract';
import type { Connection } from './connection';
import { toProblem } from './errors';
import { askServer, readServer, type LabServer } from './lab-server';
import { call } from './request';

const LOOK_MS = 1_000;

/**
 * Has this Lab's own server send the files of a build to a dashboard's server that does not see them, and waits until that
 * has ended.
 *
 * @returns what is in the way; null: the files are there, or nobody waits for them any longer
 */
export type Push = (connection: Connection, build: string, signal: AbortSignal) => Promise<Problem | null>;

/** @param hub - the hub as this page sees it: `https://hub.example.org` */
export function pusher(server: LabServer, hub: string): Push {
  return async (connection, build, signal) => {
    try {
      const { ticket, source, path, addresses, publishablePaths } = await call(
        connection,
        PushTicket,
        API.pushTicket(build),
        { method: 'POST' }
      );
      const own = { url: new URL(path, hub).href };
      const order: PushOrder = { build, ticket, source, addresses: [...addresses, own], publishablePaths };
      let state = await askServer(server, 'push', PushState, order, signal);
      while (state.running) {
        await connection.sleep(LOOK_MS, signal);
        signal.throwIfAborted();
        state = await readServer(server, 'push', PushState, { build }, signal);
      }
      return state.outcome?.problem ?? null;
    } catch (error) {
      return signal.aborted ? null : toProblem(error, connection.trans);
    }
  };
}
