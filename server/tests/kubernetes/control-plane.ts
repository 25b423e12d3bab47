import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { freePorts } from '../free-ports';
import { KubernetesApi } from './api';
import { ACCOUNTS, makeCertificates, writeKubeconfig, type Account } from './certificates';
import { startProgram, type Program } from './program';

/** A Kubernetes without nodes: the API server with its etcd, the controllers and the scheduler. */
export interface ControlPlane {
  url: string;
  port: number;
  api(account: Account): KubernetesApi;
  /** The path of a file with which others ask as this account. */
  kubeconfig(account: Account): string;
  stop(): Promise<void>;
}

const SERVICES = '10.96.0.0/24';
const START_MS = 120_000;

/** Those that storage, namespaces, service accounts, quotas, owners of objects and Deployments need. */
const CONTROLLERS = [
  'persistentvolume-binder-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'serviceaccount-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'root-ca-certificate-publisher-controller',
  'resourcequota-controller',
  'deployment-controller',
  'replicaset-controller'
];

/** Starts a control plane whose API server listens on an address of this machine. */
export async function startControlPlane(
  folder: string,
  { binary, address, namespace }: { binary: string; address: string; namespace: string }
): Promise<ControlPlane> {
  mkdirSync(folder, { recursive: true });
  const [port = 0, etcdPort = 0, etcdPeerPort = 0] = await freePorts(3);
  const url = `https://${address}:${port}`;
  const certificates = makeCertificates(folder, [address, '127.0.0.1']);
  const authority = readFileSync(certificates.authority, 'utf8');
  const accounts = Object.keys(ACCOUNTS) as Account[];
  const tokens = new Map(accounts.map(account => [account, randomBytes(16).toString('hex')]));
  const tokenFile = join(folder, 'tokens.csv');
  const lines = accounts.map((account, id) => {
    const { user, group } = ACCOUNTS[account];
    return `${tokens.get(account)},${user},${id},"${group}"\n`;
  });
  writeFileSync(tokenFile, lines.join(''), { mode: 0o600 });
  const kubeconfig = (account: Account) => join(folder, `${account}.kubeconfig`);
  for (const account of accounts) {
    const token = tokens.get(account) ?? '';
    writeKubeconfig(kubeconfig(account), { url, token, authority: certificates.authority, namespace });
  }

  const apis: KubernetesApi[] = [];
  const api = (account: Account) => {
    const made = new KubernetesApi({ url, token: tokens.get(account) ?? '', authority });
    apis.push(made);
    return made;
  };
  const programs: Program[] = [];
  const start = (name: string, args: string[]) => {
    const program = startProgram(name, [binary, name, ...args], join(folder, `${name}.log`));
    programs.push(program);
    return program;
  };
  const stop = async () => {
    apis.forEach(one => one.close());
    // The API server last: without it, the others would log for seconds that it is away.
    for (const program of programs.toReversed()) {
      await program.stop();
    }
  };
  try {
    const server = start('apiserver', [
      join(folder, 'etcd'),
      `http://127.0.0.1:${etcdPort}`,
      `http://127.0.0.1:${etcdPeerPort}`,
      `--bind-address=${address}`,
      `--advertise-address=${address}`,
      `--secure-port=${port}`,
      `--tls-cert-file=${certificates.serverCertificate}`,
      `--tls-private-key-file=${certificates.serverKey}`,
      `--client-ca-file=${certificates.authority}`,
      `--token-auth-file=${tokenFile}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${certificates.accountsPublicKey}`,
      `--service-account-signing-key-file=${certificates.accountsKey}`,
      `--service-cluster-ip-range=${SERVICES}`,
      '--endpoint-reconciler-type=none',
      '--profiling=false'
    ]);
    const admin = api('admin');
    await answers(server, () => admin.ask('GET', '/readyz'));
    const asks = (account: Account) => [
      `--kubeconfig=${kubeconfig(account)}`,
      `--authentication-kubeconfig=${kubeconfig(account)}`,
      `--authorization-kubeconfig=${kubeconfig(account)}`,
      '--leader-elect=false',
      // They are asked for nothing.
      '--secure-port=0'
    ];
    const controllers = start('controller-manager', [
      ...asks('controllers'),
      `--controllers=${CONTROLLERS.join(',')}`,
      // Each with the rights of its own role.
      '--use-service-account-credentials',
      `--service-account-private-key-file=${certificates.accountsKey}`,
      `--root-ca-file=${certificates.authority}`,
      '--pvclaimbinder-sync-period=2s'
    ]);
    const scheduler = start('scheduler', asks('scheduler'));
    await answers(controllers, () => admin.get('/api/v1/namespaces/default/serviceaccounts/default'));
    scheduler.assertRunning();
    return { url, port, api, kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until a question is answered, as long as the program that has to answer runs. */
async function answers(program: Program, ask: () => Promise<unknown>): Promise<void> {
  await eventually(async () => {
    program.assertRunning();
    return ask().then(
      () => true,
      () => false
    );
  }, START_MS);
}
