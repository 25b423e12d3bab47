/** One request under way or one open WebSocket. */
export interface Connection {
  /** Whose it is. */
  session: string;
  /** The version it leads to; null for pages of the runner. */
  version: number | null;
  /** Ends it at once. */
  close(): void;
}

/** Everything that is open, so that it can be counted and cut off by version and by session. */
export class Connections {
  readonly #open = new Set<Connection>();

  /** Adds `connection`; the result takes it out again. */
  add(connection: Connection): () => void {
    this.#open.add(connection);
    return () => void this.#open.delete(connection);
  }

  /** Number of connections to `version`, or to all versions. */
  count(version?: number): number {
    let count = 0;
    for (const connection of this.#open) {
      if (version === undefined ? connection.version !== null : connection.version === version) {
        count += 1;
      }
    }
    return count;
  }

  /** Ids of the sessions that have something open. */
  sessions(): Set<string> {
    return new Set([...this.#open].map(connection => connection.session));
  }

  closeVersion(version: number): void {
    this.#close(connection => connection.version === version);
  }

  closeSession(session: string): void {
    this.#close(connection => connection.session === session);
  }

  #close(matches: (connection: Connection) => boolean): void {
    for (const connection of [...this.#open].filter(matches)) {
      this.#open.delete(connection);
      connection.close();
    }
  }
}
