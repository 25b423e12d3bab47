import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { CheckReport, FrameworkId } from '../../contract';
import { freeBytes } from '../../free-bytes';
import { systemCode } from '../../problem-error';
import { VERSION } from '../version';
import { tryFrameworks } from './installed';
import { tryStorage, type StorageInput } from './storage';

const SERVICE_MS = 5_000;

export interface ReportInput {
  python: string;
  home: string;
  environment: Readonly<Record<string, string>>;
  /** As this server was told to reach the service. */
  serviceUrl: string;
  frameworks: readonly FrameworkId[];
  publishablePaths: StorageInput['publishablePaths'];
  strategies?: StorageInput['strategies'];
  /** Where this server takes what is sent, once it is known at which addresses. */
  receiving(known: readonly string[]): StorageInput['receiving'];
  sample?: StorageInput['sample'];
}

/** Everything that a dashboard would need of this environment, tried from the first time that it is asked for. */
export interface Report {
  /**
   * What is known by now.
   *
   * @param known - this server's addresses for browsers. Those of the first call count.
   */
  read(known: readonly string[]): CheckReport;
  /** Ends what is being tried; nothing of it is left then. */
  stop(): Promise<void>;
}

export function createReport(input: ReportInput): Report {
  const stopped = new AbortController();
  let begun: { found: Omit<CheckReport, 'now'>; storage: Promise<void> } | null = null;
  return {
    read(known) {
      begun ??= begin(input, known, stopped.signal);
      return { ...begun.found, now: new Date().toISOString() };
    },
    async stop() {
      stopped.abort();
      await begun?.storage;
    }
  };
}

function begin(
  { python, home, environment, serviceUrl, frameworks, receiving, ...rest }: ReportInput,
  known: readonly string[],
  signal: AbortSignal
): { found: Omit<CheckReport, 'now'>; storage: Promise<void> } {
  const found: Omit<CheckReport, 'now'> = {
    done: false,
    version: VERSION,
    node: process.version.slice(1),
    python,
    home,
    homeFree: null,
    homeError: null,
    serviceError: null,
    frameworks: [],
    storage: []
  };
  const imported = tryFrameworks(frameworks, python, environment, one => found.frameworks.push(one));
  const storage = tryStorage(
    { ...rest, home, environment, receiving: receiving(known), quiet: imported, signal },
    line => found.storage.push(line)
  );
  void Promise.all([
    freeBytes(home).then(bytes => (found.homeFree = bytes)),
    writeError(home).then(error => (found.homeError = error)),
    serviceError(serviceUrl).then(error => (found.serviceError = error)),
    imported,
    storage
  ]).then(() => (found.done = true));
  return { found, storage };
}

async function writeError(home: string): Promise<string | null> {
  let folder: string | null = null;
  try {
    folder = await mkdtemp(path.join(home, '.dashboards-check-'));
    await writeFile(path.join(folder, 'file'), 'x');
    return null;
  } catch (error) {
    return systemCode(error) ?? String(error);
  } finally {
    if (folder !== null) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

async function serviceError(serviceUrl: string): Promise<string | null> {
  try {
    const reply = await fetch(`${serviceUrl}api/v1/health`, { signal: AbortSignal.timeout(SERVICE_MS) });
    await reply.body?.cancel();
    return reply.ok ? null : `the answer was ${reply.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return systemCode(cause) ?? String(cause);
  }
}
