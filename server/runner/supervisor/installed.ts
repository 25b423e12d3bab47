import { execFile } from 'node:child_process';

import type { FrameworkId, Installed, RunnableVersion } from '../../contract';
import { frameworkOf } from '../../frameworks';
import type { AppSurroundings } from './app';
import { appEnvironment } from './environment';

const PATIENCE_MS = 30_000;
const NOTHING: Installed = { python: null, framework: null };

/** Imports nothing of the framework: what is installed says so beside it. */
const LOOK = `
import platform, sys
from importlib.metadata import PackageNotFoundError, version
print(platform.python_version())
for name in sys.argv[1:]:
    try:
        print(name, version(name))
    except PackageNotFoundError:
        pass
`;

/** What apps of a framework find in the environment. Never rejects. */
export function installedFor(
  id: FrameworkId,
  { python, home, places, environment: base }: Pick<AppSurroundings, 'python' | 'home' | 'places' | 'environment'>
): Promise<Installed> {
  if (id === 'static') {
    return Promise.resolve(NOTHING);
  }
  const { module, distribution } = frameworkOf(id);
  const names = [distribution ?? module].filter(name => name !== null);
  const environment = appEnvironment({ base, framework: {}, python, home, scratch: places.dashboard, marker: '' });
  const options = { env: environment, cwd: '/', timeout: PATIENCE_MS, encoding: 'utf8' } as const;
  return new Promise(resolve => {
    execFile(python, ['-c', LOOK, ...names], options, (error, stdout) => {
      const [version, framework] = stdout.split('\n').map(line => line.trim().slice(0, MOST_CHARACTERS) || null);
      resolve(error ? NOTHING : { python: version ?? null, framework: framework ?? null });
    });
  });
}

const MOST_CHARACTERS = 200;

/** What is another one by now than a version was built with, a sentence each. */
export function changesSince({ n, builtWith }: RunnableVersion, now: Installed): string[] {
  const changes: [what: string, before: string | null | undefined, now: string | null][] = [
    ['Python', builtWith?.python, now.python],
    ['The framework', builtWith?.framework, now.framework]
  ];
  return changes.flatMap(([what, before, after]) =>
    before && after && before !== after
      ? [`${what} has changed since version ${n} was built: it was ${before}, and is ${after}.`]
      : []
  );
}
