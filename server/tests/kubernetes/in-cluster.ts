// Runs in a pod: asks as its service account for the claims of the dashboard that its argument names, and prints them.
import { openVolumes } from '../../service/volumes/open';

async function main([dashboardId = '', instance = '']: string[]): Promise<void> {
  const volumes = await openVolumes({
    kubeconfig: null,
    namespace: null,
    instance,
    hubApiUrls: [],
    snapshotClass: null,
    limitMs: 0,
    clock: Date.now,
    log: { info: () => {}, warn: () => {}, error: () => {} }
  });
  process.stdout.write(JSON.stringify([...(await volumes.claims(dashboardId))]));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
