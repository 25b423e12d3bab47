import { step } from '../setup/progress.mjs';
import { buildBundles } from './bundles.mjs';
import { buildLabExtension } from './labextension.mjs';
import { buildWheel } from './wheel.mjs';

/**
 * Builds what the product ships: Lab extension, single-file programs, and the wheel with both. Each is skipped while its
 * sources are unchanged.
 *
 * @param {{ python: { program: string, version: string }, user: string, node: string }} installation
 */
export async function build({ python, user, node }) {
  await step('Lab extension', () => buildLabExtension({ python, user, node }));
  await step('Service and runner', () => buildBundles({ node }));
  await step('Python wheel', () => buildWheel(python));
}
