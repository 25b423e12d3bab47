import { parentPort, workerData } from 'node:worker_threads';

import { placesIn } from '../../../files/places';
import { readManifest } from '../../../files/read-manifest';
import { compare } from './compare';
import type { VerifyOrder, VerifyReport } from './order';

/** The verifier's thread: looks at one version and ends. */
function main({ dashboard, version, read }: VerifyOrder): void {
  const places = placesIn(dashboard);
  const manifest = readManifest(places.manifest(version));
  const report: VerifyReport = manifest && compare(places.files(version), manifest, read);
  parentPort?.postMessage(report);
}

main(workerData as VerifyOrder);
