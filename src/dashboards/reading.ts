import type { Problem } from '../../server/contract';

interface ReadingOptions {
  toProblem: (error: unknown) => Problem;
  /** Called when a read begins and when it ends. */
  onChange: () => void;
}

/** The reads of something that is shown: whether one is under way, and what has failed. */
export class Reading {
  constructor(options: ReadingOptions) {
    this._options = options;
  }

  /** Why what is shown is not current. */
  problem: Problem | null = null;

  get isUnderWay(): boolean {
    return this._count > 0;
  }

  /**
   * Do `work` and give its result to `use`; what fails becomes the problem. Never throws.
   *
   * @param isCurrent false: something else is wanted by now, and the outcome does not matter
   */
  async run<T>(work: () => Promise<T>, isCurrent: () => boolean, use: (result: T) => void): Promise<void> {
    this._count += 1;
    this._options.onChange();
    try {
      const result = await work();
      if (isCurrent()) {
        use(result);
        this.problem = null;
      }
    } catch (error) {
      if (isCurrent()) {
        this.problem = this._options.toProblem(error);
      }
    } finally {
      this._count -= 1;
      this._options.onChange();
    }
  }

  private readonly _options: ReadingOptions;
  private _count = 0;
}
