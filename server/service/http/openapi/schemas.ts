import type { TSchema } from 'typebox';

import * as contract from '../../../contract';

/** Shapes of the contract that have a name in the document. The order does not matter. */
const NAMED = {
  ActivateRequest: contract.ActivateRequest,
  AuditList: contract.AuditList,
  AuditRecord: contract.AuditRecord,
  Audience: contract.Audience,
  Build: contract.Build,
  BuildEvent: contract.BuildEvent,
  BuildReply: contract.BuildReply,
  Dashboard: contract.Dashboard,
  DashboardEvent: contract.DashboardEvent,
  DashboardList: contract.DashboardList,
  DashboardReply: contract.DashboardReply,
  ErrorReply: contract.ErrorReply,
  FrameworkList: contract.FrameworkList,
  GitCredential: contract.GitCredential,
  GitCredentialList: contract.GitCredentialList,
  GitCredentialReply: contract.GitCredentialReply,
  GitCredentialRequest: contract.GitCredentialRequest,
  Health: contract.Health,
  LogEvent: contract.LogEvent,
  LogLine: contract.LogLine,
  LogPage: contract.LogPage,
  PatchRequest: contract.PatchRequest,
  Problem: contract.Problem,
  PublishRequest: contract.PublishRequest,
  PushFailed: contract.PushFailed,
  PushTicket: contract.PushTicket,
  Source: contract.Source,
  UpdateRequest: contract.UpdateRequest,
  Version: contract.Version,
  VersionList: contract.VersionList,
  Whoami: contract.Whoami
} satisfies Record<string, TSchema>;

export type SchemaName = keyof typeof NAMED;

export const refTo = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` });

interface Described {
  description?: string;
}

/** What there is to compare of two schemas: everything but their own words. */
function shapeOf(schema: unknown): string {
  return schema !== null && typeof schema === 'object' && !Array.isArray(schema)
    ? JSON.stringify({ ...schema, description: undefined })
    : JSON.stringify(schema);
}

/** All of them as plain JSON, in which one shape that holds another one refers to it. */
export function namedSchemas(): Record<string, unknown> {
  const plain = Object.entries(NAMED).map(([name, schema]) => [name, JSON.parse(JSON.stringify(schema))] as const);
  const names = new Map(plain.map(([name, schema]) => [shapeOf(schema), { name: name as SchemaName, schema }]));
  const refer = (value: unknown, root: boolean): unknown => {
    const named = root ? undefined : names.get(shapeOf(value));
    if (named) {
      const description = (value as Described).description;
      // A place may say more of a shape than the shape says of itself.
      return { ...refTo(named.name), ...(description === named.schema.description ? {} : { description }) };
    }
    if (Array.isArray(value)) {
      return value.map(item => refer(item, false));
    }
    return value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, refer(item, false)]))
      : value;
  };
  return Object.fromEntries(plain.map(([name, schema]) => [name, refer(schema, true)]));
}
