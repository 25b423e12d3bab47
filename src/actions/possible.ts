import { isStartable, stopEffect, type Dashboard, type Whoami } from '../../server/contract';
import { COMMANDS } from '../commands';
import { isBuilding } from '../dashboards/is-building';

/** Whether the user may publish, as far as is known; the service has the last word. */
export function mayPublish(me: Whoami | null): boolean {
  return me?.mayPublish ?? true;
}

type Rule = (dashboard: Dashboard, me: Whoami | null) => boolean;

const anybody: Rule = () => true;
const visitor: Rule = ({ mayOpen }) => mayOpen;
const owner: Rule = ({ mine }) => mine;
const manager: Rule = ({ mine }, me) => mine || me?.admin === true;

/** Owners cancel a build by that name; administrators have no other way to call it off than a stop. */
function isStoppable(dashboard: Dashboard): boolean {
  const effect = stopEffect(dashboard);
  return effect === 'stop' || (effect === 'cancel' && !dashboard.mine);
}

/** Who is offered what of a dashboard, and when. The service has the last word. */
const RULES = {
  [COMMANDS.openDashboard]: visitor,
  [COMMANDS.copyLink]: anybody,
  [COMMANDS.updateDashboard]: (dashboard, me) => dashboard.mine && mayPublish(me) && !isBuilding(dashboard),
  [COMMANDS.cancelBuild]: dashboard => dashboard.mine && isBuilding(dashboard),
  [COMMANDS.showVersions]: owner,
  [COMMANDS.rollBack]: dashboard => dashboard.mine && !isBuilding(dashboard),
  [COMMANDS.openVersion]: owner,
  [COMMANDS.showLog]: owner,
  [COMMANDS.shareDashboard]: owner,
  [COMMANDS.editDashboard]: owner,
  [COMMANDS.startDashboard]: (dashboard, me) => manager(dashboard, me) && isStartable(dashboard),
  [COMMANDS.stopDashboard]: (dashboard, me) => manager(dashboard, me) && isStoppable(dashboard),
  [COMMANDS.deleteDashboard]: manager
} satisfies Partial<Record<string, Rule>>;

/** A command that does something with one dashboard. */
export type ActionCommand = keyof typeof RULES;

/** Whether `command` can be done with `dashboard` now. */
export function isPossible(command: ActionCommand, dashboard: Dashboard, me: Whoami | null): boolean {
  const rule: Rule = RULES[command];
  return rule(dashboard, me);
}
