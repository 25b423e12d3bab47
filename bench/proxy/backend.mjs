// The app of the proxy benchmark: answers as fast as Node can, and shows no respect for HTTP. It is published as it is.
import cluster from 'node:cluster';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';

const SMALL_BYTES = 200;
const LARGE_BYTES = 10_000_000;
const END = '\r\n\r\n';

const small = Buffer.from(answer(SMALL_BYTES));
const large = Buffer.from(answer(LARGE_BYTES));
const processes = Math.max(1, Math.floor(availableParallelism() / 2));

if (cluster.isPrimary) {
  writeFileSync(process.argv[2], process.env.PORT);
}
if (cluster.isPrimary && processes > 1) {
  for (let n = 0; n < processes; n++) {
    cluster.fork();
  }
} else {
  createServer({ noDelay: true }, serve).listen(Number(process.env.PORT), process.env.HOST);
}

function answer(bytes) {
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${bytes}${END}${'x'.repeat(bytes)}`;
}

/** Requests have no body. Most come alone and whole. */
function serve(socket) {
  let pending = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', chunk => {
    pending += chunk.latin1Slice();
    for (let end = pending.indexOf(END); end >= 0; end = pending.indexOf(END)) {
      socket.write(pending.slice(0, pending.indexOf('\r\n')).includes('/large ') ? large : small);
      pending = pending.slice(end + END.length);
    }
  });
}
