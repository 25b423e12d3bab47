import type { FastifyRequest } from 'fastify';

import type { Context } from '../context';
import { repeat } from '../timing';
import { admitAgain, type Caller } from './authentication';
import { recordRefused } from './refused';
import type { EventStream } from './sse';

/**
 * Asks now and then, for as long as a stream is open, whether its caller may still have it, and closes it when not.
 * Whoever comes back is told why.
 * @param check is given who calls now; it throws where they may not have this stream any more
 */
export function recheckCaller(
  context: Context,
  request: FastifyRequest,
  stream: EventStream,
  check: (caller: Caller) => unknown
): void {
  const end = repeat(
    context.recheckMs,
    async () => check(await admitAgain(context, request)),
    error => {
      stream.whenClosed(() => recordRefused(context, request, error));
      stream.close();
    }
  );
  stream.whenClosed(() => void end());
}
