import { systemProgram } from './debian.mjs';

/** The path of a Chromium: the one that was named, or the system's. */
export async function chromium() {
  return process.env.DASHBOARDS_CHROMIUM || systemProgram('chromium');
}
