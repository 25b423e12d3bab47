import { setTimeout as delay } from 'node:timers/promises';

import { systemCode } from '../problem-error';
import { editionIn } from './edition';
import { patiently } from './patience';
import { Visitor } from './visitor';

/** Between two looks, in ms. */
const PACE = 30;

/** One attempt to see a dashboard. Times are those of `Date.now`. */
export interface Look {
  begun: number;
  ended: number;
  /** The edition that was seen whole, or null. */
  edition: number | null;
  /** What came instead. */
  what: string;
}

/** A viewer who looks at a dashboard all the time. */
export class Onlooker {
  readonly #visitor = new Visitor();
  readonly #stopped = new AbortController();
  readonly #looking: Promise<void>;
  #looks: Look[] = [];

  /** @param address - root of the dashboard's server, which leads to its live version. */
  constructor(
    private readonly user: string,
    private readonly address: string
  ) {
    this.#looking = this.#look();
  }

  /** The first look that saw an edition, of those that were begun at some time or later. */
  sees(edition: number | null, since = 0): Promise<Look> {
    return patiently(async () =>
      this.#looks.find(
        look => look.begun >= since && look.edition !== null && look.edition === (edition ?? look.edition)
      )
    );
  }

  /** Everything seen since it was asked the last time. */
  take(): Look[] {
    const looks = this.#looks;
    this.#looks = [];
    return looks;
  }

  async leave(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const begun = Date.now();
      const seen = await this.#seen();
      this.#looks.push({ begun, ended: Date.now(), ...seen });
      await delay(PACE, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  async #seen(): Promise<Pick<Look, 'edition' | 'what'>> {
    try {
      const { status, url, text } = await this.#visitor.openAs(this.user, this.address);
      return { edition: status === 200 ? editionIn(text) : null, what: `${status} ${url} ${text.slice(0, 100)}` };
    } catch (error) {
      return { edition: null, what: systemCode(error) ?? String(error) };
    }
  }
}
