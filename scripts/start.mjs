// `npm start`: the whole product on this machine, from a fresh checkout. See README.md.
import { options } from './demo/options.mjs';
import { explain } from './setup/failure.mjs';
import { setUp } from './setup/index.mjs';

try {
  const chosen = options(process.argv.slice(2));
  const installation = await setUp();
  // Only now: it needs the Node packages that set-up has installed.
  const { demo } = await import('./demo/index.mjs');
  process.exitCode = await demo(installation, chosen);
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
