import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import type { Places } from './hub';
import { openIngress, type Ingress } from './ingress';
import type { ConfigMap, Pod, Secret } from './objects';
import { SERVICE_IMAGE, type ProductCluster } from './product';

const PORT = 10202;
const START_MS = 60_000;
const LABEL = 'app.kubernetes.io/name=jupyterhub-dashboards';

export type ServingPod = Pod & { status: { podIP: string } };

/** The service as `jupyterhub-dashboards values` prints it for a Hub: in a pod of its own, which Kubernetes keeps running. */
export class ServicePod {
  private constructor(
    private readonly cluster: ProductCluster,
    /** The Service of Kubernetes, which the test cluster has nobody to bring about. */
    private readonly ingress: Ingress,
    private readonly target: { host: string; port: number }
  ) {}

  static async open(cluster: ProductCluster): Promise<ServicePod> {
    const target = { host: '127.0.0.1', port: PORT };
    return new ServicePod(cluster, await openIngress(() => target, { host: cluster.gateway }), target);
  }

  /** Applies the printed manifests, and answers with what the chart makes of the printed values for the Hub. */
  async apply(storage: string, { folder, hubUrl, proxy }: Places): Promise<string> {
    const { cluster, ingress } = this;
    const { hubPython, environment } = cluster.product.hub;
    const addresses = [
      '--hub-url',
      `http://127.0.0.1:${proxy.port}/`,
      '--dashboards-origin',
      `http://localhost:${proxy.port}`
    ];
    const words = ['values', '--storage', storage, '--image', SERVICE_IMAGE, '--into', folder, ...addresses];
    const program = ['-m', 'jupyterhub_dashboards.command', ...words];
    execFileSync(hubPython, program, { env: { ...process.env, ...environment }, stdio: 'pipe' });
    const names: [string, string][] = [
      ['http://hub:8081', hubUrl],
      ['http://proxy-public', proxy.url.replace(/\/$/, '')],
      [`http://dashboards:${PORT}`, `http://${cluster.gateway}:${ingress.port}`],
      // Programs of this machine may be below, and would be hidden there.
      ['mountPath: /tmp', 'mountPath: /run/scratch']
    ];
    const printed = readFileSync(join(folder, 'manifests.yaml'), 'utf8');
    const manifests = names.reduce((text, [name, address]) => text.replaceAll(name, address), printed);
    for (const text of manifests.split(/^---$/m)) {
      await this.#create(text);
    }
    await this.pod();
    return this.#linesForHub(folder);
  }

  /** The pod that serves, other than the one with this name, once it has an address. */
  async pod(not?: string): Promise<ServingPod> {
    const { cluster, target } = this;
    const found = await eventually(async () => {
      const { items } = await cluster.api.list<Pod>(`${cluster.path}/pods?labelSelector=${encodeURIComponent(LABEL)}`);
      const running = items.find(({ metadata, status }) => metadata.name !== not && status?.phase === 'Running');
      return running?.status?.podIP ? (running as ServingPod) : null;
    }, START_MS);
    target.host = found.status.podIP;
    return found;
  }

  /** What it has printed. */
  async log(): Promise<string> {
    return this.cluster.output((await this.pod()).metadata.name, 'service');
  }

  close(): Promise<void> {
    return this.ingress.close();
  }

  async #create(text: string): Promise<void> {
    const kind = /^kind: (\w+)$/m.exec(text)![1]!;
    const api = text.match(/^apiVersion: (.*)$/m)![1]!;
    const type = kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`;
    const path = `${api === 'v1' ? '/api' : '/apis'}/${api}/namespaces/${this.cluster.namespace}/${type}`;
    await this.cluster.api.ask('POST', path, text, 'application/yaml');
  }

  /** The Hub of these tests is no pod: what the chart writes into its pod is in a folder. */
  async #linesForHub(folder: string): Promise<string> {
    const { api, path } = this.cluster;
    const { data = {} } = await api.get<ConfigMap>(`${path}/configmaps/dashboards`);
    const options = join(folder, 'options.json');
    writeFileSync(options, data['options.json']!);
    const secret = (await api.get<Secret>(`${path}/secrets/dashboards`)).data ?? {};
    const keys = Object.fromEntries(
      Object.entries(secret).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()])
    );
    return `
import os, sys, yaml

with open(${JSON.stringify(join(folder, 'values.yaml'))}) as file:
    chart = yaml.safe_load(file)["hub"]
site = ${JSON.stringify(join(folder, 'site'))}
os.makedirs(site, exist_ok=True)
for file in chart["extraFiles"].values():
    with open(os.path.join(site, os.path.basename(file["mountPath"])), "w") as written:
        written.write(file["stringData"])
sys.path.insert(0, site)
keys = ${JSON.stringify(keys)}
for name, variable in chart["extraEnv"].items():
    os.environ[name] = keys[variable["valueFrom"]["secretKeyRef"]["key"]]
for _, lines in sorted(chart["extraConfig"].items()):
    exec(lines.replace("/etc/jupyterhub-dashboards/options.json", ${JSON.stringify(options)}))
`;
  }
}
