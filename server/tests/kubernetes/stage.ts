import type { Dashboard, DashboardList, Place } from '../../contract';
import { Author } from '../author';
import { AuthorLab } from '../author-lab';
import { startKubernetesHub, type KubernetesHub, type KubernetesHubOptions } from './hub';
import type { ProductCluster } from './product';
import { inTerminal, type TerminalOutput } from './terminal';

/** A Hub on a cluster with Alice, who works in JupyterLab in a pod of hers, and Bob, who looks at what she publishes. */
export class Stage {
  private constructor(
    private readonly programs: string,
    readonly hub: KubernetesHub,
    readonly alice: Author,
    readonly bob: Author,
    readonly lab: AuthorLab
  ) {}

  /** @param choice - what Alice chooses on the Hub's page for her server */
  static async set(
    cluster: ProductCluster,
    options: Omit<KubernetesHubOptions, 'users'>,
    choice?: object
  ): Promise<Stage> {
    const hub = await startKubernetesHub(cluster, { users: ['alice', 'bob'], ...options });
    try {
      const [alice, bob] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob')]);
      return new Stage(cluster.product.programs, hub, alice, bob, await AuthorLab.start(hub, alice, choice));
    } catch (error) {
      await hub.stop();
      throw new Error(`Alice's server did not start:\n${hub.log().slice(-4_000)}`, { cause: error });
    }
  }

  /** Saves a file in Alice's home as her JupyterLab does, with the folders that lead to it. */
  async save(path: string, content: string | Buffer): Promise<void> {
    const folders = path.split('/').slice(0, -1);
    for (const end of folders.keys()) {
      await this.lab.ask('PUT', `api/contents/${folders.slice(0, end + 1).join('/')}`, { type: 'directory' });
    }
    const file = Buffer.isBuffer(content)
      ? { format: 'base64', content: content.toString('base64') }
      : { format: 'text', content };
    await this.lab.ask('PUT', `api/contents/${path}`, { type: 'file', ...file });
  }

  /** What Lab's dialog asks for to publish a folder of Alice's home for everybody. */
  async request(name: string, folder: string): Promise<object> {
    const source = { kind: 'files', ...sourceOf(folder) };
    const changes = { audience: { kind: 'everyone' }, source, ...(await this.change(folder)) };
    return this.alice.request(name, folder, 'app.py', changes);
  }

  /** What it asks for to update that. */
  async change(folder: string): Promise<{ place: Place | null }> {
    return { place: (await this.lab.plan(sourceOf(folder))).place };
  }

  /** Types a command into a terminal of Alice's JupyterLab. */
  terminal(command: string): Promise<TerminalOutput> {
    return inTerminal(this.hub, this.lab, 'alice', command);
  }

  /** Calls `jupyterhub-dashboards publish` there, with a token that she has made for it. */
  async publish(words: string): Promise<TerminalOutput> {
    await this.save('token', await this.hub.token('alice', ['access:services!service=dashboards']));
    const program = `${this.programs}/jupyterhub-dashboards publish`;
    return this.terminal(`${program} ${words} --hub ${this.hub.inside} --token-file ~/token`);
  }

  /** Publishes an app that tells "first", as the first dashboard of hers, and answers with its server too. */
  async publishSales(): Promise<{ dashboard: Dashboard; server: string }> {
    await this.save('sales/app.py', tellingApp('first'));
    const { code, text } = await this.publish(
      "~/sales/app.py --name Sales --share everyone --command '{python} {entry}'"
    );
    const { dashboards } = (await this.alice.call<DashboardList>('GET', 'dashboards?filter=mine')).body;
    const [server] = await this.alice.servers();
    if (code !== 0 || !dashboards[0] || server === undefined) {
      throw new Error(`Sales is not published: ${text}`);
    }
    return { dashboard: dashboards[0], server };
  }
}

function sourceOf(folder: string): object {
  return { root: `~/${folder}`, entry: 'app.py', scope: 'folder' };
}

/** An app that tells a text, and where it runs; it starts within so many seconds. */
export function tellingApp(text: string, seconds = 0): string {
  return `
import http.server, json, os, time
time.sleep(${seconds})
told = {
    "text": "${text}", "uid": os.getuid(), "home": os.path.expanduser("~"),
    "region": os.environ.get("REGION"), "scratch": os.path.isdir("/scratch"),
}
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
`;
}
