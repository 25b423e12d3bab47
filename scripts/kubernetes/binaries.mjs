import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { run } from '../setup/command.mjs';
import { locked } from '../setup/lock.mjs';
import { CACHE, ROOT } from '../setup/paths.mjs';
import { step } from '../setup/progress.mjs';
import { fingerprint } from '../setup/stamp.mjs';
import { findGo } from './go.mjs';

const PROGRAMS = 'server/tests/kubernetes/programs';
/** What is compiled, by module; `tool` is what its `go.mod` lists as such. */
const PACKAGES = { kube: ['.'], csi: ['./csi-directories', 'tool'] };
const OFFLINE = 'Check that this machine reaches proxy.golang.org (or GOPROXY), then run the same command again.';
const SLOW = 'Is the disk full (df -h ~/.cache)? It takes 4 GB while it runs.';
const SNAPSHOT_TYPES = 'github.com/kubernetes-csi/external-snapshotter/client/v8';

/**
 * The programs of the test cluster: the control plane of Kubernetes in one binary, a CSI driver over directories and the
 * real sidecars of CSI, and in `crds/` the types of snapshots.
 *
 * They are compiled once for each state of their sources, which takes minutes, and kept without what Go needs to compile
 * them (3 GB).
 *
 * @returns {Promise<string>} their folder
 */
export async function kubernetesBinaries() {
  const go = findGo(required('kube', 'go'));
  const key = createHash('sha256')
    .update(`${go.version} ${process.platform} ${process.arch}\0`)
    .update(readFileSync(new URL(import.meta.url)))
    .update(fingerprint(PROGRAMS))
    .digest('hex')
    .slice(0, 16);
  const folder = join(CACHE, 'kubernetes', key);
  if (!existsSync(folder)) {
    await locked(
      `${folder}.lock`,
      async () => {
        if (!existsSync(folder)) {
          await make(folder, go.program);
        }
      },
      () => process.stdout.write('  … waiting for another build of the test cluster\n')
    );
  }
  return folder;
}

async function make(folder, go) {
  const partial = `${folder}.partial`;
  const result = join(partial, 'result');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(result, 'crds'), { recursive: true });
  const env = {
    CGO_ENABLED: '0',
    GOCACHE: join(partial, 'build'),
    GOMODCACHE: join(partial, 'modules'),
    GOTMPDIR: partial,
    GOTOOLCHAIN: 'local'
  };
  const command = (module, args, what, fix) =>
    run([go, ...args], { log: `kubernetes-${module}-${args[0]}`, what, fix, cwd: join(ROOT, PROGRAMS, module), env });
  // Without -modcacherw, nobody but Go can delete the modules.
  const build = ['build', '-modcacherw', '-trimpath', '-o', `${result}/`];
  try {
    await step('Go modules of the test cluster, 600 MB', async () => {
      for (const [module, packages] of Object.entries(PACKAGES)) {
        const args = ['list', '-modcacherw', '-deps', ...packages];
        await command(module, args, 'Downloading the modules of Kubernetes', OFFLINE);
      }
    });
    await step("Kubernetes' control plane, compiled once: 5 to 15 minutes", () =>
      command('kube', [...build, `-ldflags=-s -w ${versionFlags()}`, ...PACKAGES.kube], 'Compiling Kubernetes', SLOW)
    );
    await step('CSI driver and sidecars, compiled once: 2 to 5 minutes', () =>
      command('csi', [...build, '-ldflags=-s -w', ...PACKAGES.csi], 'Compiling the CSI sidecars', SLOW)
    );
    const types = join(env.GOMODCACHE, `${SNAPSHOT_TYPES}@${required('csi', SNAPSHOT_TYPES)}`, 'config/crd');
    for (const name of readdirSync(types).filter(file => /_volumesnapshot[a-z]*\.yaml$/.test(file))) {
      cpSync(join(types, name), join(result, 'crds', name));
    }
    renameSync(result, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Clients ask the API server for its version, which it only knows if it is told. */
function versionFlags() {
  const version = required('kube', 'k8s.io/kubernetes');
  const [major, minor] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}

/** The version that one of the Go modules here requires of Go, or of another module. */
function required(module, what) {
  const lines = readFileSync(join(ROOT, PROGRAMS, module, 'go.mod'), 'utf8').split('\n');
  return lines.map(line => line.trim().split(' ')).find(([name]) => name === what)[1];
}
