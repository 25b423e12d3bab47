import type { Problem } from '../../../contract';
import type { PushMissing, PushOffered } from '../../../contract/relay';
import type { SectionHead } from '../../../relay/frames';
import { systemClock, type Clock } from '../../clock';
import type { Received } from './receiver';

/** The build waits no more: it has its files, or is over. */
export class NotAwaited extends Error {}

/** A build that waits for its files, as the requests of a push reach it. */
export interface AwaitedPush {
  buildId: string;
  /**
   * Whether this sender has the word: of two the first, until it has been silent for a while. Every call counts as a sign
   * of life.
   *
   * @throws NotAwaited, as all that follows does once the build waits no more
   */
  heard(sender: string): boolean;
  /** Name of the offer that the next one may build on; null: there is none. */
  base(): Promise<string | null>;
  take(head: SectionHead, sent: Uint8Array): Promise<Received>;
  missing(offered: PushOffered): Promise<PushMissing>;
  finish(): Promise<boolean>;
  /** The files cannot be sent: ends the build. */
  failed(problem: Problem): void;
}

/** Where the requests of pushes and the build that waits for one find each other. A runner has one build at a time. */
export class PushDesk {
  /** @param clock - by which a build that waits loses patience. */
  constructor(readonly clock: Clock = systemClock) {}

  #awaited: AwaitedPush | null = null;

  /** @returns ends the waiting. */
  await(push: AwaitedPush): () => void {
    this.#awaited = push;
    return () => {
      if (this.#awaited === push) {
        this.#awaited = null;
      }
    };
  }

  /** The push that this build waits for, or null: it has its files, or is over. */
  of(buildId: string): AwaitedPush | null {
    return this.#awaited?.buildId === buildId ? this.#awaited : null;
  }
}
