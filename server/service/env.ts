/** What JupyterHub tells a service through its environment. The only reader of `process.env` in the service. */
export interface Environment {
  apiToken: string;
  /** The Hub's API, without a slash at the end. */
  apiUrl: string;
  /** Path of the service, with slashes at both ends. */
  prefix: string;
  /** Where to listen. */
  listen: { host: string; port: number };
  clientId: string;
  /** Path or URL, exactly as registered at the Hub. */
  callbackUrl: string;
  /** The Hub's base path, with slashes at both ends. */
  baseUrl: string;
  /** JSON, see `config.ts`. */
  config: string;
  logLevel: string;
  /** The Hub has started it, and is its parent. */
  managed: boolean;
  /** A file that says how to ask a Kubernetes API; null: as the pod that this runs in. */
  kubeconfig: string | null;
  /** Where servers of users are; null: where this runs, or what that file says. */
  namespace: string | null;
}

const REQUIRED = {
  apiToken: 'JUPYTERHUB_API_TOKEN',
  apiUrl: 'JUPYTERHUB_API_URL',
  prefix: 'JUPYTERHUB_SERVICE_PREFIX',
  serviceUrl: 'JUPYTERHUB_SERVICE_URL',
  config: 'JUPYTERHUB_DASHBOARDS_CONFIG'
} as const;

/**
 * Reads the environment that the Hub gives to a managed service.
 * @throws Error that names every variable that is missing.
 */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env): Environment {
  const missing = Object.values(REQUIRED).filter(name => !source[name]);
  if (missing.length > 0) {
    throw new Error(
      `The dashboards service needs ${missing.join(', ')} in its environment. ` +
        'JupyterHub sets them when configure(c) is called in jupyterhub_config.py; a service that is started by hand needs them as well.'
    );
  }
  const value = (name: string) => source[name] ?? '';
  const prefix = slashed(value(REQUIRED.prefix));
  return {
    apiToken: value(REQUIRED.apiToken),
    apiUrl: value(REQUIRED.apiUrl).replace(/\/+$/, ''),
    prefix,
    listen: addressIn(value(REQUIRED.serviceUrl), source.JUPYTERHUB_DASHBOARDS_LISTEN),
    clientId: source.JUPYTERHUB_CLIENT_ID || 'service-dashboards',
    callbackUrl: source.JUPYTERHUB_OAUTH_CALLBACK_URL || `${prefix}oauth_callback`,
    baseUrl: slashed(source.JUPYTERHUB_BASE_URL || '/'),
    config: value(REQUIRED.config),
    logLevel: source.JUPYTERHUB_DASHBOARDS_LOG_LEVEL || 'info',
    managed: source.JUPYTERHUB_DASHBOARDS_MANAGED === '1',
    kubeconfig: source.KUBECONFIG || null,
    namespace: source.JUPYTERHUB_DASHBOARDS_NAMESPACE || null
  };
}

/** Of `http://127.0.0.1:10202` or `http://[::1]:10202`; `host` where the one in it is for others. */
function addressIn(url: string, host?: string): Environment['listen'] {
  const { hostname, port } = new URL(url);
  return { host: host || hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function slashed(path: string): string {
  return `/${path}/`.replace(/\/{2,}/g, '/');
}
