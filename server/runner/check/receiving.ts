import type { IncomingMessage, ServerResponse } from 'node:http';

import type { PushAddress, StartSpecification } from '../../contract';
import { PUSH, pushAddresses } from '../../relay/addresses';
import { systemClock } from '../clock';
import type { Log } from '../log';
import { PushDesk } from '../storage/relay/push-desk';
import { createPushEndpoint } from '../storage/relay/push-endpoint';
import { PushTickets } from '../storage/relay/push-ticket';

/** The receiving end of pushes at a checking server, as a dashboard's server has it. */
export interface Receiving {
  buildId: string;
  ticket: string;
  desk: PushDesk;
  /** Where senders are to find this server, in the order in which they try. */
  addresses: readonly PushAddress[];
}

export interface ReceivingEnd {
  /** @param known - addresses of this server for browsers; of those the first is what senders are told. */
  at(known: readonly string[]): Receiving;
  answer(request: IncomingMessage, response: ServerResponse, call: string, query: string): Promise<void>;
}

/** Null where the service gives no ticket: it is of an older version. */
export function createReceivingEnd(start: StartSpecification, prefix: string, log: Log): ReceivingEnd | null {
  const given = start.check?.push;
  if (given === undefined) {
    return null;
  }
  const { buildId, ticket } = given;
  const desk = new PushDesk();
  const rules = { ticketKey: start.ticketKey, dashboardId: start.dashboard.id, startId: start.startId };
  const endpoint = createPushEndpoint({ tickets: new PushTickets(rules, systemClock), desk, log });
  return {
    at([first = null, ...others]) {
      const told = pushAddresses(given, prefix, first);
      const more = others.map(other => ({ url: new URL(PUSH, other).href }));
      return { buildId, ticket, desk, addresses: [...told, ...more] };
    },
    answer: (...request) => endpoint.answer(...request)
  };
}
