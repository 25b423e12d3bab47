/** What viewers have asked for, and what of it they did not get. */
export class Tally {
  /** Good answers, by what was asked for. */
  answered = {};
  /** What went wrong: what was asked for, of which version, why, and when, in seconds since the begin. */
  failed = [];
  /** WebSockets and event streams that were ended in order because their version was drained. */
  drained = 0;
  #begun = performance.now();

  good(what) {
    this.answered[what] = (this.answered[what] ?? 0) + 1;
  }

  bad(what, version, reason) {
    this.failed.push({ what, version, reason, at: Math.round(performance.now() - this.#begun) / 1_000 });
  }
}
