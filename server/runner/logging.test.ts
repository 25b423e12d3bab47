import { EngineBench } from './testing/engine-bench';
import { lookUntil } from './testing/look-until';
import { RUN } from './testing/small-apps';

let bench: EngineBench;

beforeEach(async () => {
  bench = await EngineBench.create({
    timing: { readyMs: 15_000, killMs: 500, drainQuietMs: 0, drainMs: 300, transferMs: 0 }
  });
});
afterEach(() => bench.dispose());

/** Says something at its start, and prints what each request asks for. */
const ECHO = `
import http.server, os, sys, urllib.parse
print("hello of the start", flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        line = "printed " + query.get("text", [""])[0] + "\\n"
        left = int(query.get("times", ["1"])[0])
        while left > 0:
            sys.stdout.write(line * min(left, 1000))
            left -= 1000
        print("end", flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_):
        pass
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
`;

async function publish(n: number) {
  return bench.publish(n, await bench.source({ 'app.py': ECHO }, 'app.py'), { command: RUN, framework: 'command' });
}

describe('what an app prints', () => {
  it('belongs to its build until that has ended, then to the log of the app: each line once', async () => {
    await publish(1);
    expect(bench.lines).toContain('hello of the start');
    expect(bench.printed).toEqual([]);
    await bench.get(1, '?text=later');
    await lookUntil(() => bench.printed.includes('v1 printed later'), 'the line');
    expect(bench.lines).not.toContain('printed later');
    expect(bench.printed).not.toContain('v1 hello of the start');
  });

  it('holds neither the token of the server nor anything like a ticket', async () => {
    await publish(1);
    const ticket = `${'a'.repeat(60)}.${'b'.repeat(86)}`;
    await bench.get(1, `?text=${encodeURIComponent(`canary-of-the-hub ${ticket}`)}`);
    await lookUntil(() => bench.printed.includes('v1 printed [hidden] [hidden]'), 'the line');
  });

  it('after a restart from the disk is of the app alone', async () => {
    const version = await publish(1);
    await bench.restart();
    bench.goLive(version);
    await lookUntil(() => bench.engine.target(1), 'the app');
    expect(bench.printed).toContain('v1 hello of the start');
  });

  it('a million times is left out and counted, and the app answers as before', async () => {
    await publish(1);
    await bench.get(1, '?text=x&times=1000000');
    await bench.get(1, '?text=quiet');
    await lookUntil(() => bench.printed.includes('v1 printed quiet'), 'the last line');
    const counted = bench.printed.flatMap(line => /^v1 \[([\d,]+) lines left out here/.exec(line)?.[1] ?? []);
    const missing = counted.reduce((sum, number) => sum + Number(number.replaceAll(',', '')), 0);
    expect(bench.printed.length - counted.length + missing).toBeGreaterThanOrEqual(1_000_000);
    expect(bench.printed.length).toBeLessThan(100_000);
  });
});
