import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of what the API server proves itself and others with. */
export interface Certificates {
  authority: string;
  serverCertificate: string;
  serverKey: string;
  /** The pair that tokens of service accounts are signed and checked with. */
  accountsKey: string;
  accountsPublicKey: string;
}

/** Makes an authority of its own, and a certificate for the API server at `addresses`, in a folder. */
export function makeCertificates(folder: string, addresses: string[]): Certificates {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  openssl('req', ...newKey, '-subj', '/CN=kube-apiserver', '-keyout', 'server.key', '-out', 'server.csr');
  const names = ['DNS:localhost', 'DNS:kubernetes.default.svc', ...addresses.map(address => `IP:${address}`)];
  writeFileSync(path('names'), `subjectAltName=${names.join(',')}`);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.crt');
  openssl('genrsa', '-out', 'accounts.key', '2048');
  openssl('rsa', '-in', 'accounts.key', '-pubout', '-out', 'accounts.pub');
  return {
    authority: path('ca.crt'),
    serverCertificate: path('server.crt'),
    serverKey: path('server.key'),
    accountsKey: path('accounts.key'),
    accountsPublicKey: path('accounts.pub')
  };
}

/** Whom the API server knows by a token. Those of `system:masters` may do everything. */
export const ACCOUNTS = {
  admin: { user: 'admin', group: 'system:masters' },
  kubelet: { user: 'system:test-kubelet', group: 'system:masters' },
  storage: { user: 'system:test-storage', group: 'system:masters' },
  controllers: { user: 'system:kube-controller-manager', group: '' },
  scheduler: { user: 'system:kube-scheduler', group: '' },
  hub: { user: 'hub', group: '' },
  service: { user: 'dashboards', group: '' }
} as const;

export type Account = keyof typeof ACCOUNTS;

/** Writes what a client of the API server needs to a file, as `kubectl` and others read it. */
export function writeKubeconfig(
  path: string,
  { url, token, authority, namespace }: { url: string; token: string; authority: string; namespace: string }
): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': readFileSync(authority).toString('base64') }
      }
    ],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    'current-context': 'test'
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
}
