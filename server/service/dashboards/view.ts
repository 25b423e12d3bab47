import { PAGES, type Dashboard, type DashboardState, type Problem, type Version } from '../../contract';
import { mayView, type Viewer } from '../access/audience';
import { contractBuild } from '../builds/build';
import { problem } from '../errors';
import { lastGood, type DashboardAggregate, type VersionRecord } from './dashboard';
import { shownState, shownViewers, whatStopped } from './state';

export interface ViewContext {
  viewer: Viewer;
  connected: boolean;
  /** Absolute, of the service for browsers; ends with a slash. */
  serviceUrl: string;
}

/** A dashboard as one person sees it: what is the owner's business alone is left out for others. */
export function viewDashboard(
  aggregate: DashboardAggregate,
  { viewer, connected, serviceUrl }: ViewContext
): Dashboard {
  const { dashboard, newest, live, build } = aggregate;
  const mine = viewer.name === dashboard.owner;
  const state = shownState(aggregate, connected);
  const reason = state === 'cancelled' ? (build?.problem ?? null) : state === 'failed' ? whatStopped(aggregate) : null;
  return {
    id: dashboard.id,
    slug: dashboard.slug,
    name: dashboard.name,
    description: dashboard.description,
    owner: dashboard.owner,
    audience:
      mine || dashboard.audience.kind !== 'people' ? dashboard.audience : { kind: 'people', users: [], groups: [] },
    state,
    desired: dashboard.desired,
    liveVersion: dashboard.liveVersion,
    framework: live?.framework ?? newest.framework ?? newest.requestedFramework,
    source: mine ? lastGood(aggregate).source : null,
    chosenFramework: mine ? lastGood(aggregate).requestedFramework : null,
    build: mine && build ? contractBuild(build) : null,
    problem: reason && !mine ? forOthers(state) : reason,
    link: serviceUrl + PAGES.dashboard(dashboard.slug),
    viewers: shownViewers(aggregate, state),
    mine,
    mayOpen: mayView(dashboard, viewer),
    createdAt: dashboard.createdAt,
    updatedAt: dashboard.updatedAt
  };
}

function forOthers(state: DashboardState): Problem {
  if (state === 'cancelled') {
    return problem('cancelled', 'Publishing this dashboard was cancelled.', 'Ask its owner to publish it again.');
  }
  return problem('app_failed', 'This dashboard does not work at the moment.', 'Its owner can see why: tell them.');
}

export function viewVersion(version: VersionRecord, liveVersion: number | null): Version {
  const { n, createdAt, author, message, source, framework, frameworkReason, manifestHash, files, bytes } = version;
  const { strategy, commit, warnings, state, builtWith } = version;
  return {
    ...{
      n,
      createdAt,
      author,
      message,
      source,
      strategy,
      commit,
      framework,
      frameworkReason,
      manifestHash,
      files,
      bytes,
      warnings,
      state
    },
    live: n === liveVersion,
    ...(builtWith && {
      builtWith: { image: builtWith.image, python: builtWith.python, framework: builtWith.framework }
    })
  };
}
