import { copyFile, link, lstat, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';

import { ok, reason, warning, type Attempt } from './attempt';

const BLOCK = 1 << 16;

/** Whether versions are on the device of the authors' projects. */
export const device: Attempt = {
  id: 'store-device',
  what: 'The home folder and the versions',
  fix: 'Let ~/.dashboards be an ordinary folder of the home.',
  async tries({ work, made, store }) {
    const file = path.join(work, 'device');
    await writeFile(file, 'x');
    try {
      await link(file, path.join(made, 'device'));
      return ok('Projects and versions are on one device: a link from one to the other works.');
    } catch (error) {
      if (reason(error) === 'EXDEV') {
        return ok(`${store} is another device than the home folder: each changed file is copied byte by byte.`);
      }
      if ((await stat(work)).dev === (await stat(made)).dev) {
        return ok(`Projects and versions have the same device number; no link leads across (${reason(error)}).`);
      }
      throw error;
    }
  }
};

const LINKS = 200;

/** Files that have not changed are links to the version before. */
export const hardLinks: Attempt = {
  id: 'store-links',
  what: 'Links to a file',
  fix: 'Give homes a file system with hard links (ext4, XFS, btrfs, ZFS, NFS, CephFS).',
  async tries({ made }) {
    const file = path.join(made, 'linked');
    await writeFile(file, 'x');
    let count = 0;
    try {
      for (; count < LINKS; count++) {
        await link(file, path.join(made, `link-${count}`));
      }
    } catch (error) {
      if (count > 0 && reason(error) === 'EMLINK') {
        return warning(
          `A file can have ${count + 1} names and no more: then an unchanged file is copied once more.`,
          `Keep fewer versions than that:\nconfigure(c, keep_versions=${Math.max(1, Math.min(10, count - 1))}, …)`
        );
      }
      return warning(
        `No hard links can be made (${reason(error)}): each version takes its full size and time.`,
        this.fix
      );
    }
    if ((await stat(file)).nlink !== LINKS + 1) {
      return warning('Links can be made, but are not counted: it is not known that they share their file.', this.fix);
    }
    return ok(`Unchanged files are shared by versions: ${LINKS} links to one file work.`);
  }
};

/** Copies that share blocks with the author's file. */
export const clones: Attempt = {
  id: 'store-clones',
  what: 'Sharing blocks',
  fix: 'Nothing has to be done: files are copied.',
  async tries({ work, made }) {
    const file = path.join(work, 'cloned');
    await writeFile(file, Buffer.alloc(BLOCK, 'x'));
    try {
      await copyFile(file, path.join(made, 'clone'), constants.COPYFILE_FICLONE_FORCE);
      return ok('Changed files share blocks with the author’s (reflink): they are not copied.');
    } catch (error) {
      return ok(`Blocks cannot be shared here (reflink: ${reason(error)}); changed files are copied.`, false);
    }
  }
};

/** Links in a project stay links. */
export const symbolicLinks: Attempt = {
  id: 'store-symlinks',
  what: 'A symbolic link',
  fix: 'Give homes a file system with symbolic links; else projects with such links cannot be published.',
  async tries({ made }) {
    const at = path.join(made, 'symbolic');
    try {
      await symlink('written', at);
    } catch (error) {
      return warning(`Symbolic links cannot be made (${reason(error)}).`, this.fix);
    }
    if (!(await lstat(at)).isSymbolicLink() || (await readlink(at)) !== 'written') {
      return warning('A symbolic link was made, and something else is there.', this.fix);
    }
    return ok('Symbolic links in projects stay links.');
  }
};
