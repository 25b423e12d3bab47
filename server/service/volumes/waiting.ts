import { pause } from '../timing';
import type { Patience } from './cluster/client';
import { calledOff, tookTooLong } from './failures';
import type { Progress } from './volumes';

/** Most clones are there in less than a second, and some take minutes: what is waited in vain is a small part of the whole. */
const FIRST_POLL_MS = 100;
const LONGEST_POLL_MS = 1_000;
const POLLS_SLOWER = 1.2;
/** A line at the beginning, and one each time that it takes as long again. */
const FIRST_LINE_MS = 5_000;

/** One wait for a volume, through all that it takes. */
export interface Waiting {
  /** What is left of the time. */
  patience: Patience;
  /** Something to tell of, once. */
  say(text: string): void;
  /** Waits a moment. @throws ServiceError `cancelled`, `clone_timeout` with the reason that is known last */
  moment(reason: string | null): Promise<void>;
  /** In seconds, since the beginning. */
  readonly seconds: number;
}

export function startWaiting(claim: string, limitMs: number, { signal, line }: Progress): Waiting {
  const begun = performance.now();
  const passed = () => performance.now() - begun;
  const told = new Set<string>();
  let nextLine = FIRST_LINE_MS;
  let poll = FIRST_POLL_MS;
  const say = (text: string) => {
    if (!told.has(text)) {
      told.add(text);
      line(text);
    }
  };
  return {
    get patience() {
      return { for: Math.max(0, limitMs - passed()), signal };
    },
    get seconds() {
      return Math.round(passed() / 1_000);
    },
    say,
    async moment(reason) {
      if (reason !== null) {
        say(reason);
      }
      if (passed() > nextLine) {
        line(`Cloning the volume ${claim} … ${Math.round(passed() / 1_000)} s`);
        nextLine *= 2;
      }
      if (passed() + poll > limitMs) {
        throw tookTooLong(claim, Math.round(limitMs / 1_000), reason);
      }
      if (!(await pause(poll, signal))) {
        throw calledOff();
      }
      poll = Math.min(poll * POLLS_SLOWER, LONGEST_POLL_MS);
    }
  };
}
