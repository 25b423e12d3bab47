import { createHash } from 'node:crypto';
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { run } from '../setup/command.mjs';
import { Lacking } from '../setup/failure.mjs';
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
 * Each module is compiled once for each state of its sources, which takes minutes, and kept without what Go needs to
 * compile it (3 GB).
 *
 * @returns {Promise<string>} their folder
 */
export async function kubernetesBinaries() {
  const go = findGo(required('kube', 'go'));
  const folders = [];
  for (const module of Object.keys(PACKAGES)) {
    const sources = fingerprint(`${PROGRAMS}/${module}`, 'scripts/kubernetes/binaries.mjs');
    const key = hash(`${go.version} ${process.platform} ${process.arch}\0${sources}`);
    folders.push(await kept(`${module}-${key}`, partial => make(module, partial, go.program)));
  }
  return kept(hash(folders.join('\0')), async partial => {
    for (const folder of folders) {
      linkAll(folder, join(partial, 'result'));
    }
  });
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What is in the cache by a name, once `fill` has made it in `result` of a folder that it may use. */
async function kept(name, fill) {
  const folder = join(CACHE, 'kubernetes', name);
  const partial = `${folder}.partial`;
  const once = async () => {
    if (existsSync(folder)) {
      return;
    }
    try {
      rmSync(partial, { recursive: true, force: true });
      mkdirSync(join(partial, 'result'), { recursive: true });
      await fill(partial);
      renameSync(join(partial, 'result'), folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  };
  if (!existsSync(folder)) {
    await locked(`${folder}.lock`, once, () =>
      process.stdout.write('  … waiting for another build of the test cluster\n')
    );
  }
  return folder;
}

async function make(module, partial, go) {
  const result = join(partial, 'result');
  const env = {
    CGO_ENABLED: '0',
    GOCACHE: join(partial, 'build'),
    GOMODCACHE: join(partial, 'modules'),
    GOTMPDIR: partial,
    GOTOOLCHAIN: 'local'
  };
  const command = (args, what, fix) =>
    run([go, ...args], { log: `kubernetes-${module}-${args[0]}`, what, fix, cwd: join(ROOT, PROGRAMS, module), env });
  // Without -modcacherw, nobody but Go can delete the modules.
  const build = ['build', '-modcacherw', '-trimpath', '-o', `${result}/`];
  const list = ['list', '-modcacherw', '-deps', ...PACKAGES[module]];
  await step(`Go modules of the test cluster (${module}), 300 MB`, () =>
    command(list, 'Downloading the modules of Kubernetes', OFFLINE).catch(error => {
      throw new Lacking(error.message, error);
    })
  );
  if (module === 'kube') {
    await step("Kubernetes' control plane, compiled once: 5 to 15 minutes", () =>
      command([...build, `-ldflags=-s -w ${versionFlags()}`, ...PACKAGES.kube], 'Compiling Kubernetes', SLOW)
    );
    return;
  }
  await step('CSI driver and sidecars, compiled once: 2 to 5 minutes', () =>
    command([...build, '-ldflags=-s -w', ...PACKAGES.csi], 'Compiling the CSI sidecars', SLOW)
  );
  const types = join(env.GOMODCACHE, `${SNAPSHOT_TYPES}@${required('csi', SNAPSHOT_TYPES)}`, 'config/crd');
  for (const name of readdirSync(types).filter(file => /_volumesnapshot[a-z]*\.yaml$/.test(file))) {
    cpSync(join(types, name), join(result, 'crds', name));
  }
}

/** The same files in another folder, at no cost: there are hundreds of megabytes. */
function linkAll(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      linkAll(source, target);
    } else {
      linkSync(source, target);
    }
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
