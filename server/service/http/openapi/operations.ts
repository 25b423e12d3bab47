import type { ErrorCode } from '../../../contract';
import { KEYS_EACH } from '../../dashboards/idempotency';
import type { SchemaName } from './schemas';

/** What the API document says of one route, besides its parameters, which come from the route itself. */
export interface Operation {
  id: string;
  tag: 'Dashboards' | 'Versions and builds' | 'Git credentials' | 'Logs' | 'Events' | 'Service';
  summary: string;
  description?: string;
  /** What a success holds: JSON of a schema, another kind of text, or nothing. */
  reply: { status: 200 | 201; schema: SchemaName } | { status: 200; media: string; schema?: SchemaName } | null;
  body?: { schema: SchemaName; example: object };
  /** Besides those that every route with a caller has. */
  errors: readonly ErrorCode[];
  /** Answers everybody. */
  open?: boolean;
  /** Looks at no cookie. */
  tokenAlone?: boolean;
}

const SOURCE = { kind: 'files', root: '/home/alice/sales', entry: 'app.py', scope: 'folder' };
const EVENTS = 'text/event-stream';
const RESUME =
  'Server-sent events, with a comment line every 5 s. Each event has an `id`: send the last one as `Last-Event-ID` to go on after it.';
const AFTER_START = 'Follow the build at `GET /builds/{id}/events`.';

/** All routes of `api/v1`, by method and path below it. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET health': {
    id: 'getHealth',
    tag: 'Service',
    summary: 'Whether the service runs and reaches the Hub',
    reply: { status: 200, schema: 'Health' },
    errors: [],
    open: true
  },
  'GET whoami': {
    id: 'getWhoami',
    tag: 'Service',
    summary: 'Who the caller is, and what they may do here',
    reply: { status: 200, schema: 'Whoami' },
    errors: []
  },
  'GET frameworks': {
    id: 'listFrameworks',
    tag: 'Service',
    summary: 'Frameworks that dashboards may be made with on this hub',
    reply: { status: 200, schema: 'FrameworkList' },
    errors: []
  },
  'GET metrics': {
    id: 'getMetrics',
    tag: 'Service',
    summary: 'Figures for Prometheus',
    description: "For administrators, and for tokens with the Hub's scope `read:metrics`, also those of services.",
    reply: { status: 200, media: 'text/plain' },
    errors: ['not_allowed'],
    tokenAlone: true
  },
  'GET audit': {
    id: 'listAuditRecords',
    tag: 'Service',
    summary: 'Who has changed what, and who was let in',
    description: 'For administrators. The newest first; `before` of a page is the query of the next one.',
    reply: { status: 200, schema: 'AuditList' },
    errors: ['not_allowed', 'invalid_request']
  },
  'GET events': {
    id: 'followDashboards',
    tag: 'Events',
    summary: 'Every change of what the caller may see',
    description: `${RESUME} It carries changes only: read the lists after \`ready\`, and again after \`reset\`.`,
    reply: { status: 200, media: EVENTS, schema: 'DashboardEvent' },
    errors: ['invalid_request']
  },
  'POST dashboards': {
    id: 'publishDashboard',
    tag: 'Dashboards',
    summary: 'Publish: a new dashboard, whose link answers from now on',
    description: `${AFTER_START} With an \`Idempotency-Key\` it is safe to send the same request again: within a day, unless ${KEYS_EACH.toLocaleString('en')} others came since, it is answered with the same dashboard and build.`,
    reply: { status: 201, schema: 'BuildReply' },
    body: {
      schema: 'PublishRequest',
      example: { name: 'Sales', source: SOURCE, audience: { kind: 'people', users: ['bob'], groups: ['staff'] } }
    },
    errors: [
      'invalid_request',
      'framework_unknown',
      'strategy_forbidden',
      'git_address',
      'command_invalid',
      'audience_unknown',
      'publishing_forbidden',
      'sharing_needs_isolation',
      'audience_forbidden',
      'name_taken',
      'state_conflict',
      'idempotency_key_reused'
    ]
  },
  'GET dashboards': {
    id: 'listDashboards',
    tag: 'Dashboards',
    summary: 'A page of dashboards, the newest first',
    description:
      'Without a filter: mine and those shared with me. `next` of a page is the `cursor` of the next one; null on the last.',
    reply: { status: 200, schema: 'DashboardList' },
    errors: ['invalid_request', 'not_allowed']
  },
  'GET dashboards/{id}': {
    id: 'getDashboard',
    tag: 'Dashboards',
    summary: 'One dashboard',
    reply: { status: 200, schema: 'DashboardReply' },
    errors: ['invalid_request', 'not_found']
  },
  'PATCH dashboards/{id}': {
    id: 'changeDashboard',
    tag: 'Dashboards',
    summary: 'Change name, description or audience',
    description: 'For its owner. The link stays. Who may no longer look is cut off at once.',
    reply: { status: 200, schema: 'DashboardReply' },
    body: { schema: 'PatchRequest', example: { audience: { kind: 'everyone' } } },
    errors: [
      'invalid_request',
      'audience_unknown',
      'not_allowed',
      'sharing_needs_isolation',
      'audience_forbidden',
      'not_found',
      'name_taken'
    ]
  },
  'DELETE dashboards/{id}': {
    id: 'deleteDashboard',
    tag: 'Dashboards',
    summary: 'Delete it, with its server and its kept versions',
    description: "For its owner and administrators. The author's project stays.",
    reply: null,
    errors: ['invalid_request', 'not_allowed', 'not_found']
  },
  'POST dashboards/{id}/start': {
    id: 'startDashboard',
    tag: 'Dashboards',
    summary: 'Start it',
    description: 'For its owner and administrators. Answers at once.',
    reply: { status: 200, schema: 'DashboardReply' },
    errors: ['invalid_request', 'not_allowed', 'not_found', 'version_not_ready']
  },
  'POST dashboards/{id}/stop': {
    id: 'stopDashboard',
    tag: 'Dashboards',
    summary: 'Stop it, and cancel what is being built of it',
    description: 'For its owner and administrators. Visits do not wake it.',
    reply: { status: 200, schema: 'DashboardReply' },
    errors: ['invalid_request', 'not_allowed', 'not_found', 'state_conflict']
  },
  'GET dashboards/{id}/versions': {
    id: 'listVersions',
    tag: 'Versions and builds',
    summary: 'Its versions, the newest first',
    description: 'For its owner.',
    reply: { status: 200, schema: 'VersionList' },
    errors: ['invalid_request', 'not_allowed', 'not_found']
  },
  'POST dashboards/{id}/versions': {
    id: 'updateDashboard',
    tag: 'Versions and builds',
    summary: 'Update: publish a new version',
    description: `For its owner. What is left out is taken from the live version, or from the newest where none has worked yet; the live one serves until the new one works. ${AFTER_START}`,
    reply: { status: 201, schema: 'BuildReply' },
    body: { schema: 'UpdateRequest', example: { message: 'New prices' } },
    errors: [
      'invalid_request',
      'framework_unknown',
      'strategy_forbidden',
      'git_address',
      'command_invalid',
      'audience_unknown',
      'publishing_forbidden',
      'sharing_needs_isolation',
      'audience_forbidden',
      'not_allowed',
      'not_found',
      'state_conflict',
      'build_running'
    ]
  },
  'POST dashboards/{id}/live': {
    id: 'activateVersion',
    tag: 'Versions and builds',
    summary: 'Roll back: make a kept version live',
    description: `For its owner. ${AFTER_START}`,
    reply: { status: 201, schema: 'BuildReply' },
    body: { schema: 'ActivateRequest', example: { version: 1 } },
    errors: ['invalid_request', 'strategy_forbidden', 'not_allowed', 'not_found', 'version_not_ready', 'build_running']
  },
  'GET git-credentials': {
    id: 'listGitCredentials',
    tag: 'Git credentials',
    summary: "The caller's git credentials, without what is secret",
    reply: { status: 200, schema: 'GitCredentialList' },
    errors: []
  },
  'POST git-credentials': {
    id: 'storeGitCredential',
    tag: 'Git credentials',
    summary: 'Store what private repositories of a host are read with',
    description:
      'What is secret is kept encrypted and never told again. A publish names it by its id in `credential` of a Git source.',
    reply: { status: 201, schema: 'GitCredentialReply' },
    body: {
      schema: 'GitCredentialRequest',
      example: { kind: 'token', host: 'gitlab.example.org', token: 'glpat-…' }
    },
    errors: ['invalid_request']
  },
  'DELETE git-credentials/{id}': {
    id: 'deleteGitCredential',
    tag: 'Git credentials',
    summary: "Delete one of the caller's",
    description: 'Versions that were made with it stay.',
    reply: null,
    errors: ['invalid_request', 'not_found']
  },
  'GET builds/{id}': {
    id: 'getBuild',
    tag: 'Versions and builds',
    summary: 'One build',
    description: 'For the owner of its dashboard.',
    reply: { status: 200, schema: 'Build' },
    errors: ['invalid_request', 'not_found']
  },
  'POST builds/{id}/cancel': {
    id: 'cancelBuild',
    tag: 'Versions and builds',
    summary: 'Cancel a build',
    description: 'For the owner of its dashboard. One that has ended is answered as it is.',
    reply: { status: 200, schema: 'Build' },
    errors: ['invalid_request', 'not_found', 'state_conflict']
  },
  'POST builds/{id}/push-ticket': {
    id: 'pushTicket',
    tag: 'Versions and builds',
    summary: 'The right to send the files of a build',
    description:
      'For the owner of its dashboard, while `wantsFiles` is true. JupyterLab and the command `jupyterhub-dashboards publish` use it; what is sent, and how, is of no stable form.',
    reply: { status: 200, schema: 'PushTicket' },
    errors: ['invalid_request', 'not_found', 'state_conflict']
  },
  'POST builds/{id}/push-failed': {
    id: 'pushFailed',
    tag: 'Versions and builds',
    summary: 'End a build whose files cannot be sent',
    description:
      'For the owner of its dashboard. While `wantsFiles` is true, the build fails with this problem, unless somebody else is sending the files; else it is answered as it is.',
    body: {
      schema: 'PushFailed',
      example: {
        problem: {
          code: 'relay_unreachable',
          message: 'Your server cannot reach the dashboard’s server to send it the files.',
          fix: 'Try again.'
        }
      }
    },
    reply: { status: 200, schema: 'Build' },
    errors: ['invalid_request', 'not_found', 'state_conflict']
  },
  'GET builds/{id}/events': {
    id: 'followBuild',
    tag: 'Versions and builds',
    summary: 'Stages and log of a build, as they come',
    description: `For the owner of its dashboard. ${RESUME} After one that was never given it begins anew. It ends with the build.`,
    reply: { status: 200, media: EVENTS, schema: 'BuildEvent' },
    errors: ['invalid_request', 'not_found']
  },
  'GET dashboards/{id}/logs': {
    id: 'listLogLines',
    tag: 'Logs',
    summary: 'The newest lines that builds and apps have written, oldest first',
    description: 'For its owner. `before` of a page is the query of the page of older lines.',
    reply: { status: 200, schema: 'LogPage' },
    errors: ['invalid_request', 'not_allowed', 'not_found']
  },
  'GET dashboards/{id}/logs/events': {
    id: 'followLog',
    tag: 'Logs',
    summary: 'The lines as they are written',
    description: `For its owner. ${RESUME} After one that was never given it says \`reset\`: forget what was read, the newest lines follow.`,
    reply: { status: 200, media: EVENTS, schema: 'LogEvent' },
    errors: ['invalid_request', 'not_allowed', 'not_found']
  },
  'GET dashboards/{id}/logs/download': {
    id: 'downloadLog',
    tag: 'Logs',
    summary: 'All of it as a text file',
    description: 'For its owner.',
    reply: { status: 200, media: 'text/plain' },
    errors: ['invalid_request', 'not_allowed', 'not_found']
  }
};
