import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { FINAL_BUILD_STATES, type Build, type BuildState, type ErrorCode, type Problem } from '../../server/contract';
import type { Connection } from './connection';
import { toProblem } from './errors';
import { watchBuild } from './events';
import type { Push } from './push';
import { failPush } from './restapi';

/** As many lines of the log as are kept in the browser. */
const LOG_LINES = 2_000;

/** What the author's own server cannot do, and cannot tell the dashboard's server either. */
const UNSENDABLE: readonly ErrorCode[] = ['relay_unreachable', 'runner_missing'];

/** A build as it goes on: its state, its log, its end. Lives on when the dialog that started it is closed. */
export class BuildFollower implements IDisposable {
  /** @param push - has the build's files sent where it waits for them. */
  constructor(build: Build, connection: Connection, push: Push) {
    this._build = build;
    this._reached = build.state;
    this._connection = connection;
    this._push = push;
    void this._follow(connection);
  }

  get build(): Build {
    return this._build;
  }

  /** The last stage that the build was seen in, whatever became of it. */
  get reached(): BuildState {
    return this._reached;
  }

  /** The log's last lines. A new array whenever it changes. */
  get lines(): readonly string[] {
    return this._lines;
  }

  /** Why the build can no longer be followed; it may well go on. */
  get lost(): Problem | null {
    return this._lost;
  }

  /** Why its files cannot be sent to where it waits for them; null: nothing is in the way. */
  get unsent(): Problem | null {
    return this._unsent;
  }

  /** Send its files, or try again: once at a time. */
  async send(): Promise<void> {
    this._asked = true;
    if (this._sending) {
      return;
    }
    this._sending = true;
    this._unsent = null;
    this._changed.emit();
    let problem: Problem | null = null;
    // Meanwhile another server may have taken the build up, and asks anew.
    while (this._asked && !this.ended && !this.isDisposed) {
      this._asked = false;
      problem = await this._push(this._connection, this._build.id, this._abort.signal);
    }
    this._sending = false;
    if (problem !== null && UNSENDABLE.includes(problem.code) && !this.ended) {
      // The build says so when it has ended of it. Where it cannot be told, it waits.
      await failPush(this._connection, this._build.id, problem).catch(() => undefined);
    }
    // What has failed of it says so itself.
    this._unsent = this.ended ? null : problem;
    this._changed.emit();
  }

  get ended(): boolean {
    return FINAL_BUILD_STATES.includes(this._build.state);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._abort.signal.aborted;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._abort.abort();
    Signal.clearData(this);
  }

  private async _follow(connection: Connection): Promise<void> {
    try {
      for await (const event of watchBuild(connection, this._build.id, { signal: this._abort.signal })) {
        if (event.seq <= this._seq) {
          // The service has begun anew, because it does not know what it had sent: it was restored from a backup.
          this._lines = [];
        }
        this._seq = event.seq;
        if (event.kind === 'state') {
          this._build = event.build;
          this._reached = this.ended && event.build.state !== 'live' ? this._reached : event.build.state;
          if (event.build.wantsFiles === true && this._unsent === null) {
            void this.send();
          }
        } else {
          this._lines = [...this._lines, ...event.lines].slice(-LOG_LINES);
        }
        this._changed.emit();
      }
    } catch (error) {
      this._lost = toProblem(error, connection.trans);
      this._changed.emit();
    }
  }

  private readonly _connection: Connection;
  private readonly _push: Push;
  private _build: Build;
  private _sending = false;
  private _asked = false;
  private _unsent: Problem | null = null;
  private _reached: BuildState;
  private _lines: readonly string[] = [];
  private _seq = 0;
  private _lost: Problem | null = null;
  private readonly _abort = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
}
