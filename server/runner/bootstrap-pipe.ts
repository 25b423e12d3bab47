import { closeSync, readSync } from 'node:fs';

const LIMIT = 1_000_000;

/** What the runner needs to begin to listen; the rest of the bootstrap is checked when the runner itself has loaded. */
export interface EarlyBootstrap {
  listen: { host: string; port: number };
  content: unknown;
}

/** The launcher's message could not be used. The message is meant for standard error. */
export class BootstrapError extends Error {
  readonly code = 'bootstrap_invalid';

  constructor(message: string, options?: ErrorOptions) {
    super(`The dashboard's runner cannot start: ${message}. Start it with jupyterhub-dashboards-runner.`, options);
  }
}

/** The number after `--bootstrap-fd`. */
export function bootstrapDescriptor(argv: readonly string[]): number {
  const at = argv.indexOf('--bootstrap-fd');
  const text = at < 0 ? '' : (argv[at + 1] ?? '');
  if (!/^\d{1,4}$/.test(text)) {
    throw new BootstrapError('the option --bootstrap-fd with the number of a descriptor is missing');
  }
  return Number(text);
}

/** Reads descriptor `fd` to its end and closes it. Imports nothing heavy: listening comes first. */
export function readBootstrap(fd: number): EarlyBootstrap {
  let content: unknown;
  try {
    content = JSON.parse(readToEnd(fd));
  } catch (error) {
    throw error instanceof BootstrapError
      ? error
      : new BootstrapError(`descriptor ${fd} did not yield a JSON object`, { cause: error });
  }
  const listen = (content as { listen?: { host?: unknown; port?: unknown } } | null)?.listen;
  if (typeof listen?.host !== 'string' || !isPort(listen.port)) {
    throw new BootstrapError('it was not told on which host and port to listen');
  }
  return { listen: { host: listen.host, port: listen.port }, content };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function readToEnd(fd: number): string {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(65_536);
      const length = readSync(fd, chunk, 0, chunk.length, null);
      if (length === 0) {
        return Buffer.concat(chunks).toString('utf8');
      }
      size += length;
      if (size > LIMIT) {
        throw new BootstrapError('the bootstrap message is too long');
      }
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}
