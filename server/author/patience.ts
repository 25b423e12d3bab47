/** Thrown where a walk has to end: what it has found until then stands. */
export class Enough extends Error {}

/** As many steps are taken between two looks at the clock. */
const STEPS = 256;

/**
 * Ends a walk that takes too long. A walk is one piece of work, in which no event is heard: so that it does not go on for
 * nobody, it also looks whether the program that wanted it is still there.
 */
export class Patience {
  constructor(milliseconds: number) {
    this._until = performance.now() + milliseconds;
  }

  /** To be called for every step. @throws Enough */
  step(): void {
    this._steps += 1;
    if (this._steps % STEPS === 0 && (performance.now() > this._until || process.ppid !== this._parent)) {
      throw new Enough();
    }
  }

  private readonly _until: number;
  private readonly _parent = process.ppid;
  private _steps = 0;
}
