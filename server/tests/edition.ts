import { randomBytes } from 'node:crypto';

/** So many take a while to be copied, sent and fetched. */
const FILES = 1_000;
const FOLDERS = 30;
const LENGTH = 4_096;

/** All files of an edition, the program included. */
export const EDITION_FILES = FILES + 1;

const nameOf = (file: number) => `data/${file % FOLDERS}/${file}`;

/**
 * Answers which edition it is, having read all of its files at its start and some of them for each answer; or what it has
 * found instead, if they are not all there, whole and of one edition.
 */
const PROGRAM = `
import http.server, itertools, os
def edition_of(file):
    try:
        with open(f"data/{file % ${FOLDERS}}/{file}", "rb") as data:
            text = data.read()
    except OSError as error:
        return error.strerror
    return text.split(b"\\n")[0].decode() if len(text) == ${LENGTH} else f"{len(text)} bytes"
found = {edition_of(file) for file in range(${FILES})}
some = itertools.count(step=41)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        editions = found | {edition_of(next(some) % ${FILES}) for _ in range(20)}
        self.send_response(200)
        self.end_headers()
        self.wfile.write((("whole: " if len(editions) == 1 else "half-made: ") + ", ".join(sorted(editions))).encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
`;

/** The edition that an answer of the program shows; null: it is not one of a whole one. */
export function editionIn(text: string): number | null {
  const found = /^whole: edition (\d+)$/.exec(text);
  return found && Number(found[1]);
}

/** All files of edition `n`: no file is as it was in the one before. */
export function edition(n: number): Record<string, Buffer | string> {
  const first = Buffer.from(`edition ${n}\n`);
  const content = () => Buffer.concat([first, randomBytes(LENGTH - first.length)]);
  const data = Array.from({ length: FILES }, (_none, file) => [nameOf(file), content()] as const);
  return { 'app.py': PROGRAM, ...Object.fromEntries(data) };
}
