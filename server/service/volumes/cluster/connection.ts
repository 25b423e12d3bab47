import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/** What is sent to the API server. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** With the query, below the address of the server. */
  path: string;
  body?: object;
  accept?: string;
  signal: AbortSignal;
}

export interface ApiAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The reply as JSON; null if it is none. */
  body: unknown;
}

/** A way to a Kubernetes API, as somebody whom it knows. */
export interface Connection {
  /** Where the service works. */
  namespace: string;
  /** Asks once. Rejects where no answer came. */
  send(request: ApiRequest): Promise<ApiAnswer>;
}

export interface ConnectionOptions {
  /** A file as `kubectl` has it; null: as the service account of the pod that this runs in. */
  kubeconfig: string | null;
  /** null: the one of the pod, or of the file. */
  namespace: string | null;
}

/**
 * Reads who asks and whom. Tokens are read anew for each request: those of pods change every hour.
 *
 * Rejects with an Error that says what is missing.
 */
export async function connect({ kubeconfig, namespace }: ConnectionOptions): Promise<Connection> {
  const { KubeConfig } = await import('./kube-config');
  const config = new KubeConfig();
  if (kubeconfig !== null) {
    config.loadFromFile(kubeconfig);
  } else {
    config.loadFromCluster();
  }
  const cluster = config.getCurrentCluster();
  const own = namespace ?? config.getContextObject(config.getCurrentContext())?.namespace;
  // Without its variables, the address is of a host that is called undefined.
  if (!cluster || !URL.canParse(cluster.server) || new URL(cluster.server).hostname === 'undefined') {
    throw new Error(
      'There is no Kubernetes API here: this is no pod with a service account, and KUBECONFIG is not set.'
    );
  }
  if (!own) {
    throw new Error('It is not known in which namespace users’ servers are: set JUPYTERHUB_DASHBOARDS_NAMESPACE.');
  }
  const url = new URL(cluster.server);
  const open = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const base = url.pathname.replace(/\/+$/, '');
  return {
    namespace: own,
    async send({ method, path, body, accept = 'application/json', signal }) {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const text = body && JSON.stringify(body);
      const type = text === undefined ? {} : { 'content-type': 'application/json' };
      const headers = { ...options.headers, ...type, accept, 'content-length': Buffer.byteLength(text ?? '') };
      return new Promise((resolve, reject) => {
        const sent = open(
          { ...options, method, signal, headers, hostname: url.hostname, port: url.port, path: base + path },
          async response => {
            try {
              let reply = '';
              for await (const part of response.setEncoding('utf8')) {
                reply += part as string;
              }
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: asJson(reply) });
            } catch (error) {
              reject(error as Error);
            }
          }
        );
        sent.once('error', reject);
        sent.end(text);
      });
    }
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
