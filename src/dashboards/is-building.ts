import { FINAL_BUILD_STATES, type Dashboard } from '../../server/contract';

/** Whether a build of this dashboard is under way, as far as the caller may know. */
export function isBuilding({ build }: Dashboard): boolean {
  return build !== null && !FINAL_BUILD_STATES.includes(build.state);
}
