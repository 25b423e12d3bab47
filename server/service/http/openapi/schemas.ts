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
  Health: contract.Health,
  LogEvent: contract.LogEvent,
  LogLine: contract.LogLine,
  LogPage: contract.LogPage,
  PatchRequest: contract.PatchRequest,
  Problem: contract.Problem,
  PublishRequest: contract.PublishRequest,
  Source: contract.Source,
  UpdateRequest: contract.UpdateRequest,
  Version: contract.Version,
  VersionList: contract.VersionList,
  Whoami: contract.Whoami
} satisfies Record<string, TSchema>;

export type SchemaName = keyof typeof NAMED;

export const refTo = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` });

/** All of them as plain JSON, in which one shape that holds another one refers to it. */
export function namedSchemas(): Record<string, unknown> {
  const plain = Object.entries(NAMED).map(([name, schema]) => [name, JSON.parse(JSON.stringify(schema))] as const);
  const names = new Map(plain.map(([name, schema]) => [JSON.stringify(schema), name as SchemaName]));
  const refer = (value: unknown, root: boolean): unknown => {
    const name = root ? undefined : names.get(JSON.stringify(value));
    if (name) {
      return refTo(name);
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
