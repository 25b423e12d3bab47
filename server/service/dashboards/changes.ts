/** What has changed. Listeners read the new state themselves: a change may be reported more than once. */
export type Change =
  | { kind: 'dashboard'; id: string }
  | { kind: 'deleted'; id: string }
  | { kind: 'build'; id: string; dashboardId: string };

/** Tells those who watch in this process. */
export interface Changes {
  report(change: Change): void;
  subscribe(listener: (change: Change) => void): () => void;
}

export function createChanges(): Changes {
  const listeners = new Set<(change: Change) => void>();
  return {
    report(change) {
      for (const listener of [...listeners]) {
        listener(change);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    }
  };
}
