import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { LogLine, LogQuery, Problem } from '../../server/contract';
import { plainText } from '../../server/frameworks/log-text';
import { Reading } from '../dashboards/reading';
import type { IDashboards } from '../tokens';

/** Lines that are drawn together; only the last such block changes while the log grows. */
export const BLOCK_LINES = 200;

/** As many lines stay in the browser; older ones are a click away. Whoever has asked for more keeps them. */
const MOST_LINES = 10_000;

/** Lines are shown together that come within this time. */
const COLLECT_MS = 100;

const PAGE_LINES = '1000';

interface LogOptions {
  dashboards: IDashboards;
  /** Of the dashboard. */
  id: string;
  toProblem: (error: unknown) => Problem;
}

/** The log of a dashboard: its newest lines, what is being written, and older pages on demand. */
export class LogModel implements IDisposable {
  constructor(options: LogOptions) {
    this._options = options;
    this._reading = new Reading({ toProblem: options.toProblem, onChange: () => this._changed.emit() });
  }

  /** All lines that have been read, oldest first, in blocks. A block is a new array when it has changed. */
  get blocks(): readonly (readonly LogLine[])[] {
    return this._blocks;
  }

  get count(): number {
    return this._blocks.reduce((sum, block) => sum + block.length, 0);
  }

  get hasOlder(): boolean {
    return this._before !== null;
  }

  get isRead(): boolean {
    return this._isRead;
  }

  get isReading(): boolean {
    return this._reading.isUnderWay;
  }

  /** Why the log cannot be read, or is no longer followed. */
  get problem(): Problem | null {
    return this._reading.problem;
  }

  /** The version whose lines are shown; null: of all. */
  get version(): number | null {
    return this._version;
  }

  /** Only lines with this text are shown; all if it is empty. */
  get filter(): string {
    return this._filter;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this.close();
      clearTimeout(this._timer);
      Signal.clearData(this);
    }
  }

  /** Read what is new, and go on with what is written, until closed. */
  open(): void {
    if (this._following === null && !this._disposed) {
      this._following = new AbortController();
      void this._follow(this._following.signal);
    }
  }

  close(): void {
    this._following?.abort();
    this._following = null;
  }

  /** Begin anew, with another version or filter or after a failure. */
  show(change: { version?: number | null; filter?: string } = {}): void {
    this._version = change.version === undefined ? this._version : change.version;
    this._filter = change.filter ?? this._filter;
    this._blocks = [];
    this._before = null;
    this._isRead = false;
    this._most = MOST_LINES;
    this.close();
    this.open();
    this._changed.emit();
  }

  /** Read the page before the first line. */
  async showOlder(): Promise<void> {
    const before = this._before;
    if (before === null || this.isReading) {
      return;
    }
    const { signal } = this._following ?? new AbortController();
    await this._read(signal, { before: String(before) }, lines => {
      this._blocks = [...blocksOf(lines), ...this._blocks];
      this._most = Math.max(MOST_LINES, this.count);
    });
  }

  private async _follow(signal: AbortSignal): Promise<void> {
    if (!this._isRead) {
      await this._read(signal, {}, lines => {
        this._blocks = blocksOf(lines);
        this._isRead = true;
      });
    }
    if (signal.aborted || !this._isRead) {
      return;
    }
    try {
      const after = this._blocks.at(-1)?.at(-1)?.seq ?? 0;
      const events = this._options.dashboards.watchLog(this._options.id, this._query(), { signal, after });
      for await (const event of events) {
        if (event.kind === 'reset') {
          this.show();
          return;
        }
        this._append(event.lines);
      }
    } catch (error) {
      if (!signal.aborted) {
        this._reading.problem = this._options.toProblem(error);
        this._changed.emit();
      }
    }
  }

  private async _read(
    signal: AbortSignal,
    query: Pick<LogQuery, 'before'>,
    use: (lines: readonly LogLine[]) => void
  ): Promise<void> {
    const { dashboards, id } = this._options;
    this._reading.problem = null;
    await this._reading.run(
      () => dashboards.readLog(id, { ...this._query(), ...query, limit: PAGE_LINES }),
      () => !signal.aborted,
      page => {
        use(page.lines.map(plain));
        this._before = page.before;
      }
    );
  }

  private _query(): LogQuery {
    return {
      ...(this._version === null ? {} : { version: String(this._version) }),
      ...(this._filter === '' ? {} : { search: this._filter })
    };
  }

  private _append(lines: readonly LogLine[]): void {
    const last = this._blocks.at(-1) ?? [];
    const seen = last.at(-1)?.seq ?? 0;
    // After a lost connection some may come twice.
    const fresh = lines.filter(({ seq }) => seq > seen).map(plain);
    const blocks = [...this._blocks.slice(0, -1), ...blocksOf([...last, ...fresh])];
    let count = blocks.reduce((sum, block) => sum + block.length, 0);
    while (count > this._most && blocks.length > 1) {
      count -= blocks.shift()?.length ?? 0;
      this._before = blocks[0]?.[0]?.seq ?? null;
    }
    this._blocks = blocks;
    this._timer ??= setTimeout(() => {
      this._timer = undefined;
      this._changed.emit();
    }, COLLECT_MS);
  }

  private readonly _options: LogOptions;
  private readonly _reading: Reading;
  private readonly _changed = new Signal<this, void>(this);
  private _blocks: readonly (readonly LogLine[])[] = [];
  private _before: number | null = null;
  private _version: number | null = null;
  private _filter = '';
  private _isRead = false;
  private _most = MOST_LINES;
  private _following: AbortController | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}

/** Whatever wrote the line meant its colours for a terminal. */
function plain(line: LogLine): LogLine {
  return { ...line, text: plainText(line.text) };
}

function blocksOf(lines: readonly LogLine[]): LogLine[][] {
  const blocks: LogLine[][] = [];
  for (let start = 0; start < lines.length; start += BLOCK_LINES) {
    blocks.push(lines.slice(start, start + BLOCK_LINES));
  }
  return blocks;
}
