import type { Problem, RunnerEvent } from '../../contract';

/** The open event stream to one runner. */
export interface Channel {
  send(event: RunnerEvent): void;
  close(): void;
}

export type ChannelNews =
  | { kind: 'connected' | 'gone'; dashboardId: string; startId: string }
  | { kind: 'refused'; dashboardId: string; problem: Problem }
  /** What became of the files of a deleted dashboard; null: they are gone. */
  | { kind: 'removed'; dashboardId: string; problem: Problem | null };

/** Event streams to runners, one for each dashboard. */
export interface Channels {
  /** Takes the place of an earlier stream. @returns what to call when the stream has closed */
  open(dashboardId: string, startId: string, channel: Channel): () => void;
  connected(dashboardId: string): boolean;
  /** Its runner is no more, though its stream may not have ended yet. */
  drop(dashboardId: string): void;
  /** @returns false if no runner is connected */
  push(dashboardId: string, event: RunnerEvent): boolean;
  /** The server that stands in for a missing or unwilling runner has said why. */
  refuse(dashboardId: string, problem: Problem): void;
  /** The runner of a deleted dashboard has said what became of its files. */
  removed(dashboardId: string, problem: Problem | null): void;
  /** Resolves with the next news that `wanted` accepts, or null when `signal` is aborted. */
  next<N extends ChannelNews>(wanted: (news: ChannelNews) => news is N, signal: AbortSignal): Promise<N | null>;
  subscribe(listener: (news: ChannelNews) => void): () => void;
}

export function createChannels(): Channels {
  const open = new Map<string, { channel: Channel; gone(): void }>();
  const listeners = new Set<(news: ChannelNews) => void>();
  const tell = (news: ChannelNews) => {
    for (const listener of [...listeners]) {
      listener(news);
    }
  };
  const subscribe = (listener: (news: ChannelNews) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    open(dashboardId, startId, channel) {
      const earlier = open.get(dashboardId);
      const gone = () => {
        if (open.get(dashboardId)?.channel === channel) {
          open.delete(dashboardId);
          tell({ kind: 'gone', dashboardId, startId });
        }
      };
      open.set(dashboardId, { channel, gone });
      earlier?.channel.close();
      tell({ kind: 'connected', dashboardId, startId });
      return gone;
    },
    drop(dashboardId) {
      const runner = open.get(dashboardId);
      runner?.gone();
      runner?.channel.close();
    },
    connected: dashboardId => open.has(dashboardId),
    push(dashboardId, event) {
      const runner = open.get(dashboardId);
      runner?.channel.send(event);
      return runner !== undefined;
    },
    refuse: (dashboardId, problem) => tell({ kind: 'refused', dashboardId, problem }),
    removed: (dashboardId, problem) => tell({ kind: 'removed', dashboardId, problem }),
    next<N extends ChannelNews>(wanted: (news: ChannelNews) => news is N, signal: AbortSignal) {
      return new Promise<N | null>(resolve => {
        const end = (news: N | null) => {
          unsubscribe();
          signal.removeEventListener('abort', aborted);
          resolve(news);
        };
        const aborted = () => end(null);
        const unsubscribe = subscribe(news => wanted(news) && end(news));
        signal.addEventListener('abort', aborted);
        if (signal.aborted) {
          end(null);
        }
      });
    },
    subscribe
  };
}
