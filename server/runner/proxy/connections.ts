import { systemClock, type Clock } from '../clock';
import type { Target } from '../engine';

/** A request that takes longer is something that its viewer follows, or waits for; a page is there sooner. */
const LASTING_MS = 1_000;

/** One request under way or one open WebSocket. */
export interface Connection {
  /** Whose it is. */
  session: string;
  /** The version it leads to; null for pages of the runner. */
  version: number | null;
  /** The app it leads to; left out for pages of the runner. */
  target?: Target;
  /** A page that was opened in a tab. */
  page?: boolean;
  /** Ends it at once; `gently`: a reply that has begun may come to its end, if that is near. */
  close(gently: boolean): void;
  /** Ends it in order if it would go on for ever, as WebSockets and event streams do; else it may come to its end. */
  leave?(): void;
}

/** Everything that is open, so that it can be counted and cut off by version and by session. */
export class Connections {
  /** With the time at which each was opened. */
  readonly #open = new Map<Connection, number>();
  readonly #lastUse = new Map<number, number>();
  readonly #pageEnded = new Set<(version: number | null) => void>();

  constructor(private readonly clock: Pick<Clock, 'now'> = systemClock) {}

  /** Adds `connection`; the result takes it out again. */
  add(connection: Connection): () => void {
    this.#open.set(connection, this.clock.now());
    this.#used(connection);
    return () => {
      this.#open.delete(connection);
      this.#used(connection);
      if (connection.page) {
        this.#pageEnded.forEach(listener => listener(connection.version));
      }
    };
  }

  /** Number of pages of `version` that are being answered at this moment. */
  pages(version: number): number {
    return [...this.#open.keys()].filter(connection => connection.page && connection.version === version).length;
  }

  /** Calls `listener` with the version of each page that has been answered, or whose reader has left, until stopped. */
  onPageEnd(listener: (version: number | null) => void): () => void {
    this.#pageEnded.add(listener);
    return () => void this.#pageEnded.delete(listener);
  }

  /** Number of connections to `version`. */
  count(version: number): number {
    let count = 0;
    for (const connection of this.#open.keys()) {
      if (connection.version === version) {
        count += 1;
      }
    }
    return count;
  }

  /** Number of connections to the app at `target`, of which a version may have had several. */
  countAt(target: Target): number {
    return [...this.#open.keys()].filter(leadsTo(target)).length;
  }

  /** Number of connections to versions that viewers hold: WebSockets and streams. A request that is soon answered is none. */
  lasting(): number {
    const before = this.clock.now() - LASTING_MS;
    let count = 0;
    for (const [{ version }, since] of this.#open) {
      if (version !== null && since <= before) {
        count += 1;
      }
    }
    return count;
  }

  /** For how many ms nobody has used `version`: 0 while there are connections, Infinity if nobody ever has. */
  idle(version: number): number {
    const last = this.#lastUse.get(version);
    return last === undefined ? Number.POSITIVE_INFINITY : this.count(version) > 0 ? 0 : this.clock.now() - last;
  }

  /** Ids of the sessions that have something open. */
  sessions(): Set<string> {
    return new Set([...this.#open.keys()].map(connection => connection.session));
  }

  /** Ends what would go on for ever; it is counted until it has ended. */
  leaveVersion(version: number): void {
    this.#leave(connection => connection.version === version);
  }

  /** The same at one app of several that a version has had. */
  leaveAt(target: Target): void {
    this.#leave(leadsTo(target));
  }

  closeVersion(version: number): void {
    this.#close(connection => connection.version === version, false);
  }

  closeAt(target: Target): void {
    this.#close(leadsTo(target), false);
  }

  closeSession(session: string): void {
    this.#close(connection => connection.session === session, true);
  }

  #used({ version }: Connection): void {
    if (version !== null) {
      this.#lastUse.set(version, this.clock.now());
    }
  }

  #leave(matches: (connection: Connection) => boolean): void {
    [...this.#open.keys()].filter(matches).forEach(connection => connection.leave?.());
  }

  #close(matches: (connection: Connection) => boolean, gently: boolean): void {
    for (const connection of [...this.#open.keys()].filter(matches)) {
      this.#open.delete(connection);
      connection.close(gently);
    }
  }
}

function leadsTo({ host, port }: Target): (connection: Connection) => boolean {
  return ({ target }) => target?.host === host && target.port === port;
}
