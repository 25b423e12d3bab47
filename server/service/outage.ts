import type { Logger } from './logger';

/** Something that is tried again and again: that it fails is logged once, and so is that it works again. */
export interface Outage {
  failed(error: unknown): void;
  worked(): void;
}

/** @param what fails, for the log: `heartbeats not recorded` */
export function createOutage(log: Logger, what: string): Outage {
  let lasting = false;
  return {
    failed(error) {
      if (!lasting) {
        lasting = true;
        log.error({ err: error }, `${what}; tried again, and told when it works`);
      }
    },
    worked() {
      if (lasting) {
        lasting = false;
        log.info({}, `no longer: ${what}`);
      }
    }
  };
}
