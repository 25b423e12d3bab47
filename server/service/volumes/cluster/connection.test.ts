import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { connect } from './connection';

let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'dashboards-connection-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function kubeconfig(namespace: string): string {
  const file = join(folder, 'config');
  const lines = [
    'clusters: [{ name: one, cluster: { server: "https://127.0.0.1:1/k8s" } }]',
    'users: [{ name: me, user: { token: secret } }]',
    `contexts: [{ name: here, context: { cluster: one, user: me, namespace: "${namespace}" } }]`,
    'current-context: here'
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

it('takes the namespace of the file, or the one that is set', async () => {
  const file = kubeconfig('jhub');
  expect((await connect({ kubeconfig: file, namespace: null })).namespace).toBe('jhub');
  expect((await connect({ kubeconfig: file, namespace: 'other' })).namespace).toBe('other');
});

it('says what to set where no namespace is known', async () => {
  const connecting = connect({ kubeconfig: kubeconfig(''), namespace: null });
  await expect(connecting).rejects.toThrow('set JUPYTERHUB_DASHBOARDS_NAMESPACE');
});

it('says that there is no Kubernetes outside of a pod', async () => {
  const { KUBERNETES_SERVICE_HOST: host } = process.env;
  delete process.env.KUBERNETES_SERVICE_HOST;
  try {
    await expect(connect({ kubeconfig: null, namespace: null })).rejects.toThrow('There is no Kubernetes API here');
  } finally {
    if (host !== undefined) {
      process.env.KUBERNETES_SERVICE_HOST = host;
    }
  }
});
