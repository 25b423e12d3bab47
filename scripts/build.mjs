// `npm run build`: what the wheel is made of, and the wheel.
import { explain } from './setup/failure.mjs';
import { setUp } from './setup/index.mjs';

try {
  await setUp();
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
