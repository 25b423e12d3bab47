import type { FastifyRequest } from 'fastify';

import type { BuildReply } from '../../../contract';
import { contractBuild } from '../../builds/build';
import type { Context } from '../../context';
import { notFound } from '../../errors';
import type { Caller } from '../authentication';
import { showNow } from '../visible';

/** Reply of everything that begins a build. */
export async function buildReply(
  context: Context,
  request: FastifyRequest,
  caller: Caller,
  buildId: string
): Promise<BuildReply> {
  const build = await context.builds.get(buildId);
  if (!build) {
    throw notFound();
  }
  return {
    dashboard: await showNow(context, request, caller, build.dashboardId),
    build: contractBuild(build)
  };
}
