import { Type, type Static } from 'typebox';

/**
 * Every code an error reply can carry. A code is for programs and tests; the message beside it is for people and says
 * what to do next.
 */
export const ERROR_CODES = [
  // who is calling
  'not_signed_in',
  'scope_missing',
  'foreign_server',
  'xsrf_failed',
  'not_allowed',
  'publishing_forbidden',
  'not_found',
  // what was asked
  'invalid_request',
  'idempotency_key_reused',
  'name_taken',
  'sharing_needs_isolation',
  'audience_forbidden',
  'audience_unknown',
  'version_not_ready',
  'build_running',
  'state_conflict',
  // what went wrong while building or starting
  'file_missing',
  'entry_missing',
  'folder_not_readable',
  'relay_unreachable',
  'path_forbidden',
  'strategy_forbidden',
  'files_not_here',
  'source_not_running',
  'source_not_on_claim',
  'clone_unsupported',
  'clone_failed',
  'clone_timeout',
  'files_keep_changing',
  'links_leave_folder',
  'too_large',
  'git_address',
  'git_unreachable',
  'git_refused',
  'git_ref_missing',
  'git_missing',
  'git_unsupported',
  'git_failed',
  'disk_full',
  'version_damaged',
  'framework_unknown',
  'framework_missing',
  'command_invalid',
  'app_failed',
  'app_exited',
  'port_never_opened',
  'memory_short',
  'versions_open',
  'runner_missing',
  'runner_outdated',
  'server_limit',
  'server_failed',
  'server_stopped',
  'owner_sign_in',
  'build_lost',
  'cancelled',
  // what is down
  'hub_unavailable',
  'kubernetes_forbidden',
  'kubernetes_unavailable',
  'service_unavailable',
  'internal'
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * What stopped a build may be over the next time, without anybody having done anything. A disk that is full is not among
 * them: who tries again by themselves fill it again. Of a code that stands for both, the error says it itself.
 */
export const PASSING: ReadonlySet<ErrorCode> = new Set([
  'relay_unreachable',
  'files_keep_changing',
  'git_unreachable',
  'server_failed',
  'server_stopped',
  'build_lost',
  'hub_unavailable',
  'kubernetes_unavailable',
  'service_unavailable',
  'internal'
] as const);

export const Problem = Type.Object(
  {
    code: Type.Enum([...ERROR_CODES], { description: 'What it is, for programs.' }),
    message: Type.String({ maxLength: 4_000, description: 'What went wrong, in one plain sentence for people.' }),
    fix: Type.Optional(Type.String({ maxLength: 4_000, description: 'What to do next, for people.' })),
    retryable: Type.Optional(
      Type.Boolean({
        description:
          'True: the same build may work the next time, without anybody having done anything. Left out: do first what `fix` says.'
      })
    ),
    left: Type.Optional(
      Type.String({
        maxLength: 500,
        description:
          'What the failed build has left on the disk, in a sentence for its author. Left out: nobody has said.'
      })
    ),
    detail: Type.Optional(
      Type.String({ maxLength: 20_000, description: 'The lines that tell more, as they were printed.' })
    )
  },
  { description: 'What went wrong, for programs and for people.' }
);
export type Problem = Static<typeof Problem>;

export const ErrorReply = Type.Object(
  { error: Problem },
  { description: 'Body of every reply with a status of 400 or more.' }
);
export type ErrorReply = Static<typeof ErrorReply>;
