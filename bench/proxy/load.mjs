// Asks for one address over and over, on so many connections and for so long, and prints how often it was answered.
import { connect } from 'node:net';

const END = '\r\n\r\n';
const { port, path, headers, connections, seconds } = JSON.parse(process.argv[2]);
const request = Buffer.from(
  [`GET ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n') + END
);

let answered = 0;
let over = false;
const begun = performance.now();
for (let n = 0; n < connections; n++) {
  open();
}
setTimeout(() => {
  over = true;
  process.stdout.write(JSON.stringify({ answered, seconds: (performance.now() - begun) / 1_000 }));
  process.exit();
}, seconds * 1_000);

function open() {
  // Bytes of the reply that are still to come; null before its head.
  let missing = null;
  const callback = (length, buffer) => {
    missing ??= bytesOf(buffer.latin1Slice(0, length));
    missing -= length;
    if (missing <= 0) {
      missing = null;
      answered++;
      if (!over) {
        socket.write(request);
      }
    }
    return true;
  };
  const onread = { buffer: Buffer.allocUnsafe(65_536), callback };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread }, () => socket.write(request));
  socket.on('error', fail);
  socket.on('close', () => !over && fail(new Error('The connection was closed.')));
}

/** Head and body together. Heads come whole: they are short, and nothing was sent before. */
function bytesOf(text) {
  const end = text.indexOf(END);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
  if (end < 0 || !text.startsWith('HTTP/1.1 200 ') || length === null) {
    fail(new Error(`Unexpected answer: ${text.slice(0, 200)}`));
  }
  return end + END.length + Number(length[1]);
}

function fail(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
