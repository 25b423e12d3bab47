import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { API, BuildEvent, DashboardEvent, FINAL_BUILD_STATES } from '../../server/contract';
import type { Connection } from './connection';
import { DashboardsError, isAbort } from './errors';
import { readEventStream } from './event-stream';
import { misunderstood, send } from './request';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Codes that a later attempt may not meet again. All others end a stream. */
const PASSING: readonly string[] = ['service_unavailable', 'hub_unavailable'];

interface StreamOptions {
  signal: AbortSignal;
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

/** All dashboards that the caller may see, and then every change, until aborted. Each connection starts with everything. */
export function watchDashboards(connection: Connection, options: StreamOptions): AsyncGenerator<DashboardEvent> {
  return stream(connection, DashboardEvent, API.events, options);
}

async function* stream<S extends TSchema>(
  connection: Connection,
  schema: S,
  path: string,
  { signal, onOpen, onLost }: StreamOptions
): AsyncGenerator<Static<S>> {
  let lastId: string | null = null;
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
        for await (const message of readEventStream(response.body)) {
          pause = FIRST_PAUSE_MS;
          lastId = message.id ?? lastId;
          yield checked(connection, schema, message.data);
        }
      }
    } catch (error) {
      if (signal.aborted || isAbort(error)) {
        return;
      }
      if (error instanceof DashboardsError && !PASSING.includes(error.code)) {
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
