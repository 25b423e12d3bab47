import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

import type { Container, Pod, SecurityContext, Stored } from '../objects';
import { expanded } from './environment';
import type { Image } from './image';
import { subPath } from './sub-path';
import type { MountedVolume } from './volumes';

const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const KILLED_BY = 128;

/** What a container is started from. */
export interface ContainerStart {
  pod: Stored<Pod>;
  container: Container;
  image: Image;
  /** Of the container alone; `PATH` is in it. */
  env: Record<string, string>;
  volumes: Map<string, MountedVolume>;
  /** The beginning of a command line that is run with the pod's address. */
  network: string[];
  /** A new folder for what the container writes. */
  folder: string;
  /** The file that takes what the container prints. */
  log: string;
}

export interface RunningContainer {
  /** Its exit code, or 128 and the number of the signal that has ended it. */
  ended: Promise<number>;
  /** Sends a signal to its first process; SIGKILL ends all of them. */
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts a container: processes of this machine with namespaces of their own, which see this machine's files with what
 * they write themselves laid over them.
 */
export function startContainer(start: ContainerStart): RunningContainer {
  const script = preparation(start);
  const file = openSync(start.log, 'a');
  const namespaces = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child'];
  // Tests that are killed leave no containers behind.
  const command = ['--pdeathsig', 'KILL', ...start.network, 'unshare', ...namespaces, 'sh', '-c', script];
  const child = spawn('setpriv', command, {
    cwd: '/',
    env: { ...start.env, PATH: SYSTEM_PATH },
    stdio: ['ignore', file, file]
  });
  closeSync(file);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? KILLED_BY + constants.signals[signal ?? 'SIGKILL']));
  });
  return { ended, signal: name => signalFirst(child, name) };
}

/** The shell script that becomes the container's first process. */
function preparation({ pod, container, image, env, volumes, folder }: ContainerStart): string {
  const [upper, work, root] = ['upper', 'work', 'root'].map(name => join(folder, name));
  for (const place of [join(upper!, 'etc'), work!, root!]) {
    mkdirSync(place, { recursive: true });
  }
  const security: SecurityContext = { ...pod.spec.securityContext, ...container.securityContext };
  const uid = security.runAsUser ?? image.user.uid;
  const gid = security.runAsGroup ?? image.user.gid;
  writeFileSync(join(upper!, 'etc/passwd'), accounts(image, uid));
  // There is no DNS for pods. This asks the pod itself, which refuses at once; this machine's servers would be waited for.
  writeFileSync(join(upper!, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
  const groups = new Set([gid, ...(security.supplementalGroups ?? []), ...[security.fsGroup ?? []].flat()]);
  const mounts = (container.volumeMounts ?? []).toSorted((one, other) => one.mountPath.length - other.mountPath.length);
  const lines = [
    'set -e',
    'mount --make-rprivate /',
    `mount -t overlay overlay -o ${quoted(`lowerdir=/,upperdir=${upper},workdir=${work}`)} ${quoted(root!)}`,
    `cd ${quoted(root!)}`,
    'mount --rbind /dev dev',
    'mount -t proc proc proc',
    `echo ${quoted(pod.metadata.name)} > /proc/sys/kernel/hostname`,
    ...foldersOf(image.files ?? []).map(folder => `chmod a+x ${quoted(`.${folder}`)}`),
    `mkdir -p ${quoted(`.${image.home}`)}`,
    `chown ${uid}:${gid} ${quoted(`.${image.home}`)}`
  ];
  for (const { name, mountPath, subPath: below, readOnly } of mounts) {
    const volume = volumes.get(name);
    if (!volume) {
      throw new Error(`the pod has no volume ${name}`);
    }
    const source = quoted(below ? subPath(volume, below) : volume.path);
    // Links as the container sees them: /var/run is one to /run.
    lines.push(`target=.$(chroot . realpath -m ${quoted(mountPath)})`);
    lines.push(`if [ -d ${source} ]; then mkdir -p "$target"`);
    lines.push(`else mkdir -p "$(dirname "$target")"; touch "$target"; fi`);
    lines.push(`mount --bind ${source} "$target"`);
    if (readOnly || volume.readOnly) {
      lines.push(`mount -o remount,bind,ro "$target"`);
    }
  }
  // Changing the user forgets that the end of the parent ends this process: it is said again.
  const user = ['--reuid', uid, '--regid', gid, '--groups', [...groups].join(','), '--pdeathsig', 'KILL'].map(String);
  const privileges = security.allowPrivilegeEscalation === false ? ['--no-new-privs'] : [];
  const inside = ['env', '-C', container.workingDir ?? image.home, `PATH=${env.PATH}`];
  const program = container.command
    ? [...container.command, ...(container.args ?? [])]
    : (container.args ?? image.command);
  const last = ['chroot', '.', ...inside, '/usr/bin/setpriv', ...user, ...privileges, '--'];
  const words = [...last, ...program.map(word => expanded(word, env))];
  lines.push(`exec ${words.map(quoted).join(' ')}`);
  return lines.join('\n');
}

/** All folders on the way to files, and to what those are links to: root's home lets nobody else in. */
function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of [...files, ...files.map(name => realpathSync(name))]) {
    for (let folder = dirname(file); folder !== '/'; folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return [...folders];
}

/** This machine's accounts, with the image's in place of whoever has its number or its name. */
function accounts({ user, home }: Image, uid: number): string {
  const others = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .filter(line => line !== '' && line.split(':')[0] !== user.name && line.split(':')[2] !== String(uid));
  const root = uid === 0;
  const own = `${root ? 'root' : user.name}:x:${uid}:${root ? 0 : user.gid}::${home}:/bin/bash`;
  return `${[...others, own].join('\n')}\n`;
}

/** The container's first process is the only child of `unshare`. */
function signalFirst(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    for (const pid of children.trim().split(' ').filter(Boolean)) {
      process.kill(Number(pid), name);
    }
    if (name === 'SIGKILL') {
      child.kill(name);
    }
  } catch {
    // It has ended meanwhile.
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
