import { join } from 'node:path';

import { proxyProgram } from '../installation';
import type { Cluster } from './cluster';
import { openIngress } from './ingress';
import { startProgram } from './program';

/** The Hub's proxy, which is no part of the Hub's pod with Zero to JupyterHub: it has an address of its own. */
export interface KubernetesProxy {
  /** As pods find it (there: `http://proxy-public`), with a slash at the end. */
  url: string;
  /** Where the Hub tells it of routes. */
  apiUrl: string;
  /** What it lets itself be told with. */
  token: string;
  /** The port of 127.0.0.1 that browsers find it at, which pods do not. */
  port: number;
  assertRunning(): void;
  stop(): Promise<void>;
}

const PORT = 8000;
const API_PORT = 8001;
const TOKEN = 'test-proxy';

/** Starts it in the cluster's network; its default route leads to `hubUrl`. It writes its log to a folder. */
export async function startProxy(cluster: Cluster, hubUrl: string, folder: string): Promise<KubernetesProxy> {
  const address = await cluster.attach();
  const program = startProgram(
    'configurable-http-proxy',
    [
      ...address.inside,
      ...[process.execPath, proxyProgram()],
      ...['--ip=0.0.0.0', `--port=${PORT}`, '--api-ip=0.0.0.0', `--api-port=${API_PORT}`],
      ...[`--default-target=${hubUrl}`, `--error-target=${hubUrl}/hub/error`]
    ],
    join(folder, 'proxy.log'),
    { CONFIGPROXY_AUTH_TOKEN: TOKEN }
  );
  const ingress = await openIngress(() => ({ host: address.ip, port: PORT }));
  return {
    url: `http://${address.ip}:${PORT}/`,
    apiUrl: `http://${address.ip}:${API_PORT}`,
    token: TOKEN,
    port: ingress.port,
    assertRunning: () => program.assertRunning(),
    async stop() {
      await ingress.close();
      await program.stop();
      await address.detach();
    }
  };
}
