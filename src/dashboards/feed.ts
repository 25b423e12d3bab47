import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { DashboardEvent, Problem } from '../../server/contract';
import type { Access } from './access';
import type { Connection } from './connection';
import { toProblem } from './errors';
import { watchDashboards } from './events';
import { PageSight } from './page-sight';

/** How current the lists are: `lost` tries again by itself, `failed` does not. */
export type LiveStatus = 'connecting' | 'live' | 'lost' | 'failed';

/** A connection that is back sooner is not worth a word: proxies end long requests now and then. */
const NOTICE_AFTER_MS = 5_000;

interface FeedOptions {
  access: () => Promise<Access>;
  trans: Connection['trans'];
}

/** The service's stream of changes, open while anybody watches and the page is in sight. */
export class DashboardFeed implements IDisposable {
  constructor(options: FeedOptions) {
    this._options = options;
    this._sight.changed.connect(() => (this._sight.isInSight ? this._open() : this._close()));
  }

  get status(): LiveStatus {
    return this._status;
  }

  /** Why `status` is `lost` or `failed`. */
  get problem(): Problem | null {
    return this._problem;
  }

  get statusChanged(): ISignal<this, void> {
    return this._statusChanged;
  }

  get event(): ISignal<this, DashboardEvent> {
    return this._event;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._sight.dispose();
      this._close();
      Signal.clearData(this);
    }
  }

  /** Keep the stream open until the result is disposed. */
  watch(): IDisposable {
    this._watchers += 1;
    this._open();
    return new DisposableDelegate(() => {
      this._watchers -= 1;
      if (this._watchers === 0) {
        this._close();
      }
    });
  }

  /** Connect anew, after `failed`. */
  retry(): void {
    this._close();
    this._open();
  }

  private _open(): void {
    if (this._connected === null && this._watchers > 0 && this._sight.isInSight && !this._disposed) {
      this._connected = new AbortController();
      void this._keepOpen(this._connected.signal);
    }
  }

  private _close(): void {
    this._connected?.abort();
    this._connected = null;
  }

  private _setStatus(status: LiveStatus, problem: Problem | null = null): void {
    if (status !== this._status || problem !== this._problem) {
      this._status = status;
      this._problem = problem;
      this._statusChanged.emit();
    }
  }

  private async _keepOpen(signal: AbortSignal): Promise<void> {
    let silence: AbortController | null = null;
    if (this._status === 'failed') {
      this._setStatus('connecting');
    }
    try {
      const access = await this._options.access();
      if (access.kind === 'off' || signal.aborted) {
        // Whoever shows something asks for the access, too.
        this._statusChanged.emit();
        return;
      }
      const { connection } = access;
      let last: Problem | null = null;
      const events = watchDashboards(connection, {
        signal,
        onOpen: () => {
          silence?.abort();
          silence = null;
        },
        onLost: error => {
          last = error?.problem ?? last;
          if (this._status === 'lost') {
            this._setStatus('lost', last);
          } else if (silence === null) {
            const lost = (silence = new AbortController());
            const over = () => lost.abort();
            signal.addEventListener('abort', over);
            void connection.sleep(NOTICE_AFTER_MS, lost.signal).then(() => {
              signal.removeEventListener('abort', over);
              if (!lost.signal.aborted) {
                this._setStatus('lost', last);
              }
            });
          }
        }
      });
      for await (const event of events) {
        if (event.kind === 'ready' || event.kind === 'reset') {
          this._setStatus('live');
        }
        this._event.emit(event);
      }
    } catch (error) {
      if (!signal.aborted) {
        this._setStatus('failed', toProblem(error, this._options.trans));
      }
    }
  }

  private readonly _options: FeedOptions;
  private readonly _sight = new PageSight();
  private readonly _event = new Signal<this, DashboardEvent>(this);
  private readonly _statusChanged = new Signal<this, void>(this);
  private _connected: AbortController | null = null;
  private _watchers = 0;
  private _status: LiveStatus = 'connecting';
  private _problem: Problem | null = null;
  private _disposed = false;
}
