import { createContext, runInContext } from 'node:vm';

import { HIDDEN_FOR_MS, WHILE_IN_SIGHT_SCRIPT } from './in-sight';

/** A page with the script, its clock stopped. */
class Page {
  readonly calls: string[] = [];

  constructor(private _visibility: 'visible' | 'hidden') {
    const visibility = (): string => this._visibility;
    runInContext(
      `${WHILE_IN_SIGHT_SCRIPT} whileInSight(() => calls.push('open'), () => calls.push('close'));`,
      createContext({
        calls: this.calls,
        document: {
          get visibilityState() {
            return visibility();
          },
          addEventListener: (_name: string, listener: () => void) => (this._listener = listener)
        },
        setTimeout: (task: () => void, ms: number) => {
          this._tasks.set(++this._last, { task, ms });
          return this._last;
        },
        clearTimeout: (id: number) => this._tasks.delete(id)
      })
    );
  }

  turn(visibility: 'visible' | 'hidden'): void {
    this._visibility = visibility;
    this._listener();
  }

  /** Let all timers run out; their times in ms. */
  wait(): number[] {
    const due = [...this._tasks.values()];
    this._tasks.clear();
    due.forEach(({ task }) => task());
    return due.map(({ ms }) => ms);
  }

  private _listener = (): void => {};
  private readonly _tasks = new Map<number, { task: () => void; ms: number }>();
  private _last = 0;
}

describe('whileInSight', () => {
  it('closes some seconds after the page is hidden, and opens again with it', () => {
    const page = new Page('visible');
    expect(page.calls).toEqual(['open']);
    page.turn('hidden');
    expect(page.calls).toEqual(['open']);
    expect(page.wait()).toEqual([HIDDEN_FOR_MS]);
    expect(page.calls).toEqual(['open', 'close']);
    page.turn('visible');
    expect(page.calls).toEqual(['open', 'close', 'open']);
  });

  it('stays open for those who only look somewhere else', () => {
    const page = new Page('visible');
    page.turn('hidden');
    page.turn('visible');
    expect(page.wait()).toEqual([]);
    expect(page.calls).toEqual(['open']);
  });

  it('opens nothing in a tab that was opened behind another, before it is seen', () => {
    const page = new Page('hidden');
    expect(page.wait()).toEqual([]);
    expect(page.calls).toEqual([]);
    page.turn('visible');
    expect(page.calls).toEqual(['open']);
  });
});
