import type { Target } from '../../engine';
import { AppConnection } from './app-connection';

/** How long a connection waits for its next use. Less than servers of Python wait before they close it: 2 s and more. */
const IDLE_MS = 1_500;

/** Connections to apps: as many as there are exchanges at a time. */
export class AppPool {
  readonly #open = new Set<AppConnection>();
  /** By address; the one that was used last is the last. */
  readonly #idle = new Map<string, { connection: AppConnection; since: number }[]>();
  #timer: NodeJS.Timeout | undefined;

  /** A connection that nobody uses; with `fresh` a new one in any case. */
  connection(target: Target, fresh: boolean): AppConnection {
    const key = `${target.host}:${target.port}`;
    const idle = this.#idle.get(key);
    for (let one = fresh ? undefined : idle?.pop(); one !== undefined; one = idle?.pop()) {
      // The sweep comes late for some: what the app is about to close could take a request with effects with it.
      if (one.connection.usable && performance.now() - one.since < IDLE_MS) {
        return one.connection;
      }
      one.connection.destroy();
    }
    const connection = new AppConnection(target, {
      free: () => this.#keep(key, connection),
      closed: () => void this.#open.delete(connection)
    });
    this.#open.add(connection);
    return connection;
  }

  /** Breaks off everything that is under way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#idle.clear();
    this.#open.forEach(connection => connection.destroy());
  }

  #keep(key: string, connection: AppConnection): void {
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    idle.push({ connection, since: performance.now() });
    // One timer for all: most connections are used again at once.
    this.#timer ??= setTimeout(() => this.#sweep(), IDLE_MS).unref();
  }

  #sweep(): void {
    const oldest = performance.now() - IDLE_MS;
    this.#timer = undefined;
    for (const [key, idle] of this.#idle) {
      const kept = idle.filter(one => one.since > oldest && one.connection.usable);
      idle.filter(one => !kept.includes(one)).forEach(one => one.connection.destroy());
      if (kept.length === 0) {
        this.#idle.delete(key);
      } else {
        this.#idle.set(key, kept);
        this.#timer ??= setTimeout(() => this.#sweep(), IDLE_MS).unref();
      }
    }
  }
}
