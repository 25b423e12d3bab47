// `npm run bench -- NAME`: measures the product beside what it is compared with. See docs/developers/benchmarks.md.
import { explain } from '../scripts/setup/failure.mjs';
import { setUp } from '../scripts/setup/index.mjs';
import { options } from './options.mjs';

try {
  const chosen = options(process.argv.slice(2));
  const installation = await setUp();
  // Only now: it needs the Node packages that set-up has installed.
  const { measure } = await import('./measure.mjs');
  process.exitCode = await measure(chosen, installation);
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
