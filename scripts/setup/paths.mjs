import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that set-up, demo and tests write, apart from build results; may be deleted at any time. */
export const WORK = join(ROOT, '.demo');

export const LOGS = join(WORK, 'logs');
export const STAMPS = join(WORK, 'stamps');
export const ENVIRONMENTS = join(WORK, 'venvs');
export const REQUIREMENTS = join(ROOT, 'scripts', 'requirements');

/** Shared by all checkouts of a user: the finished environments that checkouts copy. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jupyterhub-dashboards');
