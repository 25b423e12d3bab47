import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

import { IDEMPOTENCY_HEADER } from '../../../contract';
import { VERSION } from '../../version';
import { OPERATIONS, type Operation } from './operations';
import { namedSchemas, refTo } from './schemas';
import { SECURITY_SCHEMES, securityOf } from './security';
import { errorStatuses } from './statuses';

/** Values that parameters may have; those of one name mean the same everywhere. */
const EXAMPLES: Record<string, string> = {
  id: 'k3j5n7q2ab4c6d7e',
  search: 'sales',
  limit: '50',
  before: '1000',
  version: '2',
  'last-event-id': '1000',
  [IDEMPOTENCY_HEADER]: 'ci-run-4711'
};

type Json = Record<string, unknown>;
interface Parameter extends Json {
  name: string;
}

/** How the document comes about: paths, parameters and shapes come from routes and contract, everything else from `operations.ts`. */
export function openapiOptions(apiPrefix: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'JupyterHub dashboards',
        description:
          'Publish notebooks, scripts and folders as dashboards. Send a JupyterHub token with the scope `access:services!service=dashboards`: `Authorization: token …`. Errors are JSON of one shape: `code` for programs, `message` and `fix` for people.',
        version: VERSION
      },
      components: { securitySchemes: SECURITY_SCHEMES },
      security: [{ token: [] }]
    },
    transformObject: documentObject => {
      const document = 'openapiObject' in documentObject ? documentObject.openapiObject : {};
      return complete(document as Json, apiPrefix) as typeof document;
    }
  };
}

function complete(document: Json, apiPrefix: string): Json {
  const paths = Object.entries((document.paths ?? {}) as Record<string, Record<string, Json>>).map(
    ([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, route]) => {
          const key = `${method.toUpperCase()} ${path.slice(apiPrefix.length)}`;
          const operation = OPERATIONS[key];
          return [
            method,
            operation
              ? { ...describe(method.toUpperCase(), operation, route), security: securityOf(key, operation) }
              : route
          ];
        })
      )
    ]
  );
  return {
    ...document,
    paths: Object.fromEntries(paths) as Json,
    components: { ...(document.components as Json), schemas: namedSchemas() }
  };
}

function describe(method: string, operation: Operation, route: Json): Json {
  const { id, tag, summary, description, reply, body } = operation;
  const errors = [...errorStatuses(method, operation)].map(([status, codes]) => [
    String(status),
    { description: codes.join(', '), content: { 'application/json': { schema: refTo('ErrorReply') } } }
  ]);
  const parameters = ((route.parameters ?? []) as Parameter[]).map(one => ({
    ...one,
    ...(one.name in EXAMPLES ? { example: EXAMPLES[one.name] } : {})
  }));
  return {
    ...route,
    operationId: id,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: refTo(body.schema), example: body.example } }
          }
        }
      : {}),
    responses: { ...success(reply), ...(Object.fromEntries(errors) as Json) }
  };
}

function success(reply: Operation['reply']): Json {
  if (reply === null) {
    return { 204: { description: 'Done' } };
  }
  const media = 'media' in reply ? reply.media : 'application/json';
  const schema = reply.schema && media === 'application/json' ? refTo(reply.schema) : { type: 'string' };
  const description = 'media' in reply && reply.schema ? `Events; the data of each is a ${reply.schema}` : 'Done';
  return { [reply.status]: { description, content: { [media]: { schema } } } };
}
