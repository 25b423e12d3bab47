import type { Problem } from '../../contract';
import type { Identity } from '../access/hub-people';
import { problem } from '../errors';

/** What the service asks of the Hub, and nothing more. `configure(c)` grants it. */
const NEEDED = ['servers', 'list:users', 'read:users:name', 'read:groups'] as const;

/**
 * What an administrator reads at start when rights are missing: usually a later `c.JupyterHub.load_roles = [...]` in
 * jupyterhub_config.py has replaced the roles that `configure(c)` made.
 *
 * @param identity what the Hub says of the service's own token; null: nothing
 * @returns null when all is well
 */
export function missingRights(identity: Identity | null): Problem | null {
  const missing = NEEDED.filter(scope => !identity?.scopes.includes(scope));
  if (missing.length === 0) {
    return null;
  }
  return problem(
    'scope_missing',
    `The dashboards service lacks rights at the Hub: ${missing.join(', ')}.`,
    'Call configure(c) last in jupyterhub_config.py: a later assignment to c.JupyterHub.load_roles drops its role.'
  );
}
