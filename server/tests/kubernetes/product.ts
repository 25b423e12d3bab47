import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { CHECKOUT, provideInstallation, variable, type Installation } from '../installation';
import { startCluster, type Cluster } from './cluster';
import type { Image } from './kubelet/image';

/** What is installed on a cluster: in the Hub's image, and in those of servers. */
export interface Product {
  hub: Pick<Installation, 'hubPython' | 'environment'>;
  /** The folder of what servers run, which an administrator writes before commands of the second image. */
  programs: string;
}

export interface ProductCluster extends Cluster {
  product: Product;
}

/** The image that servers have; in the other one, nothing of it is on `PATH`. */
export const SINGLE_USER_IMAGE = 'test/singleuser:1';
export const IMAGE_ELSEWHERE = 'test/elsewhere:1';
/** As the first one, a release later. */
export const NEXT_IMAGE = 'test/singleuser:2';

/** What `deploy/images/service.Dockerfile` makes: the package with its commands, and Node. */
export const SERVICE_IMAGE = 'test/service:1';

/** Where servers have their home. */
export const HOME = '/home/jovyan';

const SYSTEM = '/usr/local/bin:/usr/bin:/bin';

/** Starts a cluster whose images have the product in them. */
export async function startProductCluster(): Promise<ProductCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-product-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const hubPython = variable('DASHBOARDS_KUBERNETES_HUB_PYTHON', 'the Python that has kubespawner');
    const { singleUser, userPython, environment } = provideInstallation(folder, hubPython);
    const paths = `${dirname(singleUser)}:${dirname(userPython)}:${SYSTEM}`;
    const image = (PATH: string): Image => ({
      user: { name: 'jovyan', uid: 1000, gid: 100 },
      home: HOME,
      files: [userPython, singleUser],
      env: { ...environment, PATH },
      command: ['jupyterhub-singleuser']
    });
    const cluster = await startCluster({
      [SINGLE_USER_IMAGE]: image(paths),
      [NEXT_IMAGE]: image(paths),
      [IMAGE_ELSEWHERE]: image(SYSTEM),
      [SERVICE_IMAGE]: serviceImage(folder, hubPython, environment)
    });
    const product = { hub: { hubPython, environment }, programs: dirname(singleUser) };
    return { ...cluster, product, stop: () => cluster.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

function serviceImage(folder: string, python: string, environment: Record<string, string>): Image {
  const program = 'jupyterhub-dashboards-service';
  let place = dirname(python);
  if (!existsSync(join(place, program))) {
    // The package is laid over an environment that lacks it.
    place = join(folder, 'service');
    mkdirSync(place);
    const line = `exec '${python}' -m jupyterhub_dashboards.service_command "$@"`;
    writeFileSync(join(place, program), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  return {
    user: { name: 'dashboards', uid: 1000, gid: 1000 },
    home: '/home/dashboards',
    files: [python, join(place, program), process.execPath, join(CHECKOUT, 'package.json')],
    env: { ...environment, PATH: `${place}:${environment.PATH ?? ''}:${SYSTEM}` },
    command: [program]
  };
}
