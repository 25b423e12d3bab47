const BOUND = 'Bound';

/**
 * Notes when pods have an address and how long claims take, as the API of Kubernetes tells it: its own times are in whole
 * seconds.
 *
 * @param {{ api: object, path: string }} cluster
 * @param {AbortSignal} signal
 */
export function watchCluster({ api, path }, signal) {
  const addresses = new Map();
  const claims = new Map();
  const watches = [
    api.watch(
      `${path}/pods`,
      (_, { metadata, status }) => {
        const server = metadata.annotations?.['hub.jupyter.org/servername'];
        if (server && status?.podIP) {
          addresses.set(server, status.podIP);
        }
      },
      signal
    ),
    api.watch(
      `${path}/persistentvolumeclaims`,
      (_, { metadata, status }) => {
        const claim = claims.get(metadata.uid) ?? { labels: metadata.labels ?? {}, made: performance.now() };
        claims.set(metadata.uid, claim);
        if (status?.phase === BOUND) {
          claim.bound ??= performance.now();
        }
      },
      signal
    )
  ];
  return {
    /** The address of a server's pod, once it has one. */
    addressOf: server => addresses.get(server),
    /** In seconds, from the claim of a dashboard's version to its volume. */
    provisionedIn(dashboardId) {
      const of = [...claims.values()].filter(({ labels }) => labels['jupyterhub-dashboards/dashboard'] === dashboardId);
      return of.reduce((sum, { made, bound }) => sum + (bound - made), 0) / 1_000;
    },
    ended: () => Promise.all(watches)
  };
}
