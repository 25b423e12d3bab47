import path from 'node:path';

import { MARKER } from './process-tree';

/** What an app's environment is made of. */
export interface EnvironmentInput {
  /** Of the runner, already without secrets. */
  base: Readonly<Record<string, string>>;
  /** What the framework wants. */
  framework: Readonly<Record<string, string>>;
  python: string;
  home: string;
  /** Folder that the app may write to, absolute. */
  scratch: string;
  marker: string;
}

/** Variables of the Hub and of single-user servers: none of an app's business, and some are secrets. */
const HUB_VARIABLE = /^(?:JUPYTERHUB_|JPY_|CONFIGPROXY_|JUPYTER_TOKEN$|JUPYTER_SERVER_)/;

/** Environment of an app: what it writes besides its work goes to its scratch folder, never beside its files. */
export function appEnvironment(input: EnvironmentInput): Record<string, string> {
  const base = Object.fromEntries(Object.entries(input.base).filter(([name]) => !HUB_VARIABLE.test(name)));
  const userKernels = path.join(input.home, '.local', 'share', 'jupyter');
  return {
    ...base,
    HOME: input.home,
    PATH: [path.dirname(input.python), base.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(path.delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    JUPYTER_RUNTIME_DIR: path.join(input.scratch, 'jupyter-runtime'),
    JUPYTER_DATA_DIR: path.join(input.scratch, 'jupyter-data'),
    // The author's own kernels stay known although the data folder is another one.
    JUPYTER_PATH: [base.JUPYTER_PATH, base.JUPYTER_DATA_DIR ?? userKernels].filter(Boolean).join(path.delimiter),
    IPYTHONDIR: path.join(input.scratch, 'ipython'),
    ...input.framework,
    [MARKER]: input.marker
  };
}
