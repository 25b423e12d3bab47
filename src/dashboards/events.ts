import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { API, BuildEvent, DashboardEvent, FINAL_BUILD_STATES, LogEvent, type LogQuery } from '../../server/contract';
import type { Connection } from './connection';
import { DashboardsError, isAbort, isPassing } from './errors';
import { readEventStream } from './event-stream';
import { misunderstood, send } from './request';
import { withQuery } from './restapi';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** A stream that has said nothing for so long is dead: the service writes a comment every five seconds. */
const SILENCE_MS = 30_000;

/** How a stream is listened to. */
export interface StreamOptions {
  signal: AbortSignal;
  /** Sequence number of the last event that is known already. */
  after?: number;
  /** Called whenever the service has accepted a (new) connection. */
  onOpen?: () => void;
  /** Called with the reason whenever a connection is lost or refused and another attempt follows. */
  onLost?: (error: DashboardsError | null) => void;
}

/**
 * Progress and log of a build, until its final state. A lost connection is taken up where it broke off.
 *
 * @throws DashboardsError when the service refuses
 */
export async function* watchBuild(
  connection: Connection,
  buildId: string,
  options: StreamOptions
): AsyncGenerator<BuildEvent> {
  for await (const event of stream(connection, BuildEvent, API.buildEvents(buildId), options)) {
    yield event;
    if (event.kind === 'state' && FINAL_BUILD_STATES.includes(event.build.state)) {
      return;
    }
  }
}

/** Every change of what the caller may see, until aborted. `ready` and `reset` say when lists have to be read. */
export function watchDashboards(connection: Connection, options: StreamOptions): AsyncGenerator<DashboardEvent> {
  return stream(connection, DashboardEvent, API.events, options);
}

/** Lines of a dashboard's log as they are written, until aborted. */
export function watchLog(
  connection: Connection,
  id: string,
  { version, search }: LogQuery,
  options: StreamOptions
): AsyncGenerator<LogEvent> {
  return stream(connection, LogEvent, withQuery(API.logEvents(id), { version, search }), options);
}

async function* stream<S extends TSchema>(
  connection: Connection,
  schema: S,
  path: string,
  { signal, after, onOpen, onLost }: StreamOptions
): AsyncGenerator<Static<S>> {
  let lastId = after === undefined ? null : String(after);
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    let lost: DashboardsError | null = null;
    try {
      const response = await send(connection, path, {
        signal,
        headers: { Accept: 'text/event-stream', ...(lastId === null ? {} : { 'Last-Event-ID': lastId }) }
      });
      onOpen?.();
      if (response.body !== null) {
        for await (const message of readEventStream(response.body, SILENCE_MS)) {
          pause = FIRST_PAUSE_MS;
          lastId = message.id ?? lastId;
          yield checked(connection, schema, message.data);
        }
      }
    } catch (error) {
      if (signal.aborted || isAbort(error)) {
        return;
      }
      if (error instanceof DashboardsError && !isPassing(error)) {
        throw error;
      }
      lost = error instanceof DashboardsError ? error : null;
    }
    onLost?.(lost);
    await connection.sleep(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

function checked<S extends TSchema>(connection: Connection, schema: S, data: string): Static<S> {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch (error) {
    throw new DashboardsError(misunderstood(connection), { cause: error });
  }
  if (!Value.Check(schema, event)) {
    throw new DashboardsError(misunderstood(connection));
  }
  return event;
}
