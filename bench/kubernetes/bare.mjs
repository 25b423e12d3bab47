import { Visitor } from '../../scripts/demo/visitor.mjs';
import { until } from '../../scripts/demo/wait.mjs';
import { Failure } from '../../scripts/setup/failure.mjs';
import { OWNER } from '../hub.mjs';
import { showsMarker } from '../publish/page.mjs';

/** Lines for jupyterhub_config.py: servers of this kind run what the Hub's API was told, and are pods as all others. */
export const BARE_SERVERS = `
def _bare(spawner):
    if spawner.name.startswith("bare-"):
        spawner.cmd = spawner.user_options["command"]

c.KubeSpawner.pre_spawn_hook = _bare
`;

const PORT = 8888;

/** What a person types, as the command of a container that has nothing but what is in it: `$0` is the app. */
const COMMAND = [
  'printf %s "$0" > app.py; exec python -m streamlit run app.py --server.address=0.0.0.0',
  `--server.port=${PORT} --server.baseUrlPath="$JUPYTERHUB_SERVICE_PREFIX"`,
  '--server.headless=true --browser.gatherUsageStats=false'
].join(' ');

/**
 * Has the Hub start a named server that is the app itself, and takes it away again. Our service knows nothing of it.
 *
 * @param {import('./stage.mjs').BenchStage} on
 * @param {{ name: string, app: import('../publish/apps.mjs').App, text: string, marker: string }} what
 * @param {{ everyMs: number, withinMs: number, signal: AbortSignal, log: string }} patience
 * @returns seconds from the request until the page is there: `pod_s` at the pod itself, `bare_s` through the proxy
 */
export async function startedBare({ hub, watch }, { name, app, text, marker }, patience) {
  const server = `users/${OWNER}/servers/${name}`;
  const page = `user/${OWNER}/${name}/`;
  const shows = url => showsMarker(app, new Visitor(), url, marker, patience.signal);
  const begun = performance.now();
  const passed = () => (performance.now() - begun) / 1_000;
  try {
    const { status, body } = await hub.api('POST', server, { command: ['sh', '-c', COMMAND, text] });
    if (![201, 202].includes(status)) {
      throw new Failure(`The Hub did not start a server (${status}): ${JSON.stringify(body)}`, patience);
    }
    const address = await until('The pod had no address', async () => watch.addressOf(name), patience);
    await until('The app alone was not there', () => shows(`http://${address}:${PORT}/${page}`), patience);
    const pod = passed();
    await until('The app alone was not there through the proxy', () => shows(`${hub.url}${page}`), patience);
    return { pod_s: pod, bare_s: passed() };
  } finally {
    await hub.api('DELETE', server, { remove: true });
    await until(
      'A server did not stop',
      async () => {
        const { body } = await hub.api('GET', `users/${OWNER}?include_stopped_servers=1`);
        return name in body.servers ? undefined : true;
      },
      { signal: patience.signal, log: patience.log }
    );
  }
}
