import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { EngineBench } from '../testing/engine-bench';
import { lookUntil } from '../testing/look-until';
import { userPython } from '../testing/user-python';

let bench: EngineBench;
const strangers: { child: ChildProcess; closed: Promise<unknown> }[] = [];

beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(async () => {
  await bench.dispose();
  for (const { child, closed } of strangers.splice(0)) {
    child.stdin?.end();
    await closed;
  }
});

const SERVER = `
import http.server, os, sys, threading, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(WHO)))
        self.end_headers()
        self.wfile.write(WHO)
asked = []
`;

/** Says which port it was given, and goes on to listen when it is let go. */
const APP = `${SERVER}
WHO = b"the app"
port = os.environ["PORT"]
open("HOME/port-" + port, "w").close()
while not os.path.exists("HOME/go-" + port):
    time.sleep(0.01)
try:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
except OSError:
    sys.exit("belegt")
server.serve_forever()
`;

const STRANGER = `${SERVER}
WHO = b"a stranger"
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("up", flush=True)
sys.stdin.read()
print(len(asked), flush=True)
`;

/** A program that is none of the app's, and answers anything. */
async function stranger(port: string): Promise<ChildProcess> {
  const child = spawn(userPython(), ['-c', STRANGER, port], { stdio: ['pipe', 'pipe', 'ignore'] });
  strangers.push({ child, closed: once(child, 'close') });
  await once(child.stdout, 'data');
  return child;
}

/** The port of the app's next start, and the ones before. */
async function nextPort(before: readonly string[]): Promise<string> {
  return lookUntil(
    () =>
      readdirSync(bench.home)
        .flatMap(name => (name.startsWith('port-') ? name.slice('port-'.length) : []))
        .find(port => !before.includes(port)),
    'a start of the app'
  );
}

const letGo = (port: string) => writeFile(path.join(bench.home, `go-${port}`), '');

async function begin() {
  const source = await bench.source({ 'app.py': APP.replaceAll('HOME', bench.home) });
  return bench.build(1, source, { framework: 'command', command: `${userPython()} app.py` });
}

const LINE = 'Another program has taken the port of the app, which is started again on another one.';

describe('where another program takes the port before the app listens', () => {
  it('its answers prove nothing: the app is started on another one', async () => {
    const outcome = begin();
    const first = await nextPort([]);
    const other = await stranger(first);
    const second = await nextPort([first]);
    await letGo(second);
    expect(await outcome).toMatchObject({ ok: true });
    expect(bench.engine.target(1)?.port).toBe(Number(second));
    expect((await bench.get(1)).body).toBe('the app');
    expect(bench.lines).toContain(LINE);
    const asked = once(other.stdout ?? other, 'data');
    other.stdin?.end();
    expect(String((await asked)[0])).toBe('0\n');
  });

  it('an app that ends because of it, in its own words, is started on another one', async () => {
    const outcome = begin();
    const first = await nextPort([]);
    await stranger(first);
    await letGo(first);
    const second = await nextPort([first]);
    await letGo(second);
    expect(await outcome).toMatchObject({ ok: true });
    expect(bench.engine.target(1)?.port).toBe(Number(second));
  });

  it('again and again, the build fails and says so', async () => {
    const outcome = begin();
    const ports: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ports.push(await nextPort(ports));
      await stranger(ports[n] ?? '');
    }
    expect(await outcome).toMatchObject({
      ok: false,
      problem: {
        code: 'port_never_opened',
        message: 'Another program listens on the port that the app was given.'
      }
    });
    expect(existsSync(bench.files(1))).toBe(false);
  });
});
