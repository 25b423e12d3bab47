import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { startProgram, type Program } from './program';

/** A CSI driver whose volumes are folders of this machine, with the real sidecars that do what the API asks of it. */
export interface Driver {
  /** The folder of a volume, by the handle that the driver gave it. */
  volume(handle: string): string;
  /** The folder that those of all volumes are in, and that of all snapshots. */
  root: string;
  /** Lets nothing be copied, as with a driver that takes long, until it is released. */
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

export interface DriverOptions {
  /** The folder of the test cluster's programs. */
  binaries: string;
  kubeconfig: string;
  name: string;
  /** Whether it makes a volume of another one, without a snapshot of it. */
  clones: boolean;
  /** Where the folders of its volumes are, unless they are in `folder`: those of another driver, whose pods find these as well. */
  root?: string;
}

const START_MS = 30_000;

/** Starts a driver with all that is its own in `folder`. */
export async function startDriver(
  folder: string,
  { binaries, kubeconfig, name, clones, root = join(folder, 'root') }: DriverOptions
): Promise<Driver> {
  mkdirSync(folder, { recursive: true });
  mkdirSync(root, { recursive: true });
  const socket = join(folder, 'csi.sock');
  const held = join(folder, 'held');
  const programs: Program[] = [];
  const start = (program: string, ...args: string[]) => {
    const started = startProgram(program, [join(binaries, program), ...args], join(folder, `${program}.log`));
    programs.push(started);
    return started;
  };
  const stop = async () => {
    await Promise.all(programs.map(program => program.stop()));
  };
  try {
    const itself = [`-socket=${socket}`, `-root=${root}`, `-name=${name}`, `-hold=${held}`, `-clones=${clones}`];
    const driver = start('csi-directories', ...itself);
    await eventually(() => {
      driver.assertRunning();
      return existsSync(socket);
    }, START_MS);
    const sidecar = [`--csi-address=${socket}`, `--kubeconfig=${kubeconfig}`];
    start('csi-provisioner', ...sidecar, '--extra-create-metadata');
    start('csi-snapshotter', ...sidecar);
    return {
      volume: handle => join(root, 'volumes', handle),
      root,
      hold: () => writeFileSync(held, ''),
      release: () => rmSync(held, { force: true }),
      stop
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
