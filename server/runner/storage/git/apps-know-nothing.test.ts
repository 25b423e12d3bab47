import { EngineBench } from '../../testing/engine-bench';
import { createRepository } from '../../testing/git-repository';
import { startGitServer, type GitServer } from '../../testing/git-server';
import { RUN } from '../../testing/small-apps';
import { createGitAccess } from './git-access';

const TOKEN = 'glpat-5ecret-of-the-sign-in';

/** Answers with everything that it finds of itself and of those around it. */
const SPY = `
import glob, http.server, os
def read(path):
    try:
        return open(path, "rb").read()
    except OSError:
        return b""
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = [repr(dict(os.environ)).encode(), read("/proc/self/environ")]
        for pattern in ("/proc/*/environ", "/proc/*/cmdline", "/dev/shm/*/*", os.environ["HOME"] + "/.dashboards/*/git/*"):
            found += [read(path) for path in glob.glob(pattern) if os.path.isfile(path)]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"looked " + b"\\n".join(found))
    def log_message(self, *_):
        pass
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
`;

let bench: EngineBench;
let server: GitServer;
beforeEach(async () => {
  bench = await EngineBench.create();
  server = await startGitServer(bench.home);
});
afterEach(async () => {
  await bench.dispose();
  await server.close();
});

it('an app that was fetched with the token of its author’s sign-in finds it nowhere', async () => {
  const repository = createRepository(bench.home, 'private');
  const commit = repository.commit({ 'app.py': SPY });
  server.login = `oauth2:${TOKEN}`;
  const asked: string[] = [];
  const git = createGitAccess({
    client: { get: url => Promise.reject(new Error(String(asked.push(url)))) },
    startId: 's',
    hosts: ['127.0.0.1'],
    token: { host: '127.0.0.1', token: TOKEN }
  });
  await bench.engine.stop();
  bench.renew({
    environment: { PATH: process.env.PATH ?? '', HOME: bench.home, GIT_SSL_CAINFO: server.certificate },
    git,
    secrets: [TOKEN]
  });
  const url = `${server.url}private.git`;
  const outcome = await bench.run({
    kind: 'publish',
    id: 'b',
    n: 1,
    source: { kind: 'git', url, ref: '', root: '.', entry: 'app.py', scope: 'folder', credential: 'own' },
    framework: 'command',
    command: RUN
  });
  expect(outcome).toMatchObject({ ok: true, strategy: 'git', commit });
  bench.succeeded(1, outcome, { entry: 'app.py', command: RUN });
  const { body } = await bench.get(1);
  expect(body).toContain('looked ');
  expect(body).not.toContain(TOKEN);
  expect(body).not.toContain(Buffer.from(`oauth2:${TOKEN}`).toString('base64'));
  expect([...bench.lines, ...bench.printed].join('\n')).not.toContain(TOKEN);
  // The service was not asked: nothing of it is stored there.
  expect(asked).toEqual([]);
});
