// `npm run lock`: resolves requirements/*.in, which may share lists, anew into the pinned requirements/*.txt.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './setup/command.mjs';
import { explain } from './setup/failure.mjs';
import { tools } from './setup/installer.mjs';
import { REQUIREMENTS } from './setup/paths.mjs';
import { step } from './setup/progress.mjs';
import { findPython } from './setup/python.mjs';

try {
  const python = findPython();
  const uv = join(await tools(python), 'bin', 'uv');
  for (const input of readdirSync(REQUIREMENTS).filter(name => name.endsWith('.in'))) {
    const output = input.replace(/\.in$/, '.txt');
    const options = ['--universal', '--python-version=3.11', '--no-header', '--no-annotate', '--upgrade', '--quiet'];
    await step(output, () =>
      run([uv, 'pip', 'compile', ...options, join(REQUIREMENTS, input), '-o', join(REQUIREMENTS, output)], {
        log: `lock-${input}`,
        what: `Resolving ${input}`
      })
    );
  }
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
