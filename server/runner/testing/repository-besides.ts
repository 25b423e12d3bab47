import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { GitRepository } from './git-repository';
import type { LfsServer } from './lfs-server';

/** What the file in Git LFS holds. */
export const LFS_FILE = Buffer.from('large, and not in the repository itself\n'.repeat(40_000));
/** What the file of the submodule says. */
export const WORDS = 'from the repository inside';

/** Serves the words of the submodule at any address, and the file of Git LFS at `large.bin`. */
const APP = `
import http.server, os
from library.words import WORDS

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("/large.bin"):
            with open("data/large.bin", "rb") as file:
                kind, body = "application/octet-stream", file.read()
        else:
            kind, body = "text/html", f"<!doctype html><title>Besides</title><h1>{WORDS}</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
`;

/**
 * Commits an app to `<folder>/server.py` of a repository that needs two things which git itself does not keep there: a file
 * in Git LFS, as `git lfs` would have pushed it, and another repository inside.
 *
 * @param library - served beside it.
 * @returns the hash of the commit
 */
export function commitBesides(
  repository: GitRepository,
  library: GitRepository,
  lfs: LfsServer,
  folder: string
): string {
  const sha256 = createHash('sha256').update(LFS_FILE).digest('hex');
  lfs.objects.set(sha256, LFS_FILE);
  const inside = library.commit({ 'words.py': `WORDS = ${JSON.stringify(WORDS)}\n` });
  const place = `${folder}/library`;
  const name = library.bare.slice(library.bare.lastIndexOf('/') + 1);
  repository.commit({
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    '.gitmodules': `[submodule "${place}"]\n\tpath = ${place}\n\turl = ../${name}\n`,
    [`${folder}/server.py`]: APP,
    [`${folder}/data/large.bin`]: `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${LFS_FILE.length}\n`
  });
  // As in any clone; without its place, the next commit would take it out.
  mkdirSync(path.join(repository.folder, place));
  repository.git('update-index', '--add', '--cacheinfo', `160000,${inside},${place}`);
  repository.git('commit', '--quiet', '-m', 'Put the library inside');
  repository.push();
  return repository.git('rev-parse', 'HEAD');
}
