import { Signal, type ISignal } from '@lumino/signaling';

import type { Problem } from '../../server/contract';

/** What became of something that was done with a dashboard and did not work. */
export interface Failure {
  problem: Problem;
  /** Do the same again. */
  retry: () => void;
}

interface RunnerOptions {
  toProblem: (error: unknown) => Problem;
  /** Called with every failure, for those who do not look at the dashboard's card. */
  onFailure: (id: string, failure: Failure) => void;
}

/** Does things with dashboards: knows what is under way and what has failed, by dashboard. */
export class ActionRunner {
  constructor(options: RunnerOptions) {
    this._options = options;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  isBusy(id: string): boolean {
    return (this._busy.get(id) ?? 0) > 0;
  }

  failure(id: string): Failure | null {
    return this._failures.get(id) ?? null;
  }

  dismiss(id: string): void {
    if (this._failures.delete(id)) {
      this._changed.emit();
    }
  }

  /** Do `work`; a failure is kept until the next thing is done with this dashboard. Never throws. */
  async run(id: string, work: () => Promise<unknown>): Promise<void> {
    this._failures.delete(id);
    this._busy.set(id, (this._busy.get(id) ?? 0) + 1);
    this._changed.emit();
    try {
      await work();
    } catch (error) {
      const failure: Failure = { problem: this._options.toProblem(error), retry: () => void this.run(id, work) };
      this._failures.set(id, failure);
      this._options.onFailure(id, failure);
    } finally {
      const left = (this._busy.get(id) ?? 1) - 1;
      if (left === 0) {
        this._busy.delete(id);
      } else {
        this._busy.set(id, left);
      }
      this._changed.emit();
    }
  }

  private readonly _options: RunnerOptions;
  private readonly _busy = new Map<string, number>();
  private readonly _failures = new Map<string, Failure>();
  private readonly _changed = new Signal<this, void>(this);
}
