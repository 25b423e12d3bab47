const LARGEST_PACK = 8 << 20;
const SMALLEST_PACK = 64 * 1024;
/** A request that takes longer than this may be cut by something on the way. */
const SLOW_MS = 20_000;
const FAST_MS = 2_000;

/** How much goes into one request: less where the way is slow, or something on it takes no more. */
export class Pace {
  #pack = LARGEST_PACK;
  #most = LARGEST_PACK;

  constructor(private readonly largestSection: number) {}

  /** Bytes of one request, as sent. */
  get pack(): number {
    return this.#pack;
  }

  /** Bytes of one section, unpacked. */
  get section(): number {
    // Head and all, the smallest pack has to hold one.
    return Math.min(this.largestSection / 2, this.#pack - 1_024);
  }

  took(ms: number): void {
    if (ms > SLOW_MS) {
      this.#pack = Math.max(SMALLEST_PACK, Math.floor(this.#pack / 2));
    } else if (ms < FAST_MS) {
      this.#pack = Math.min(this.#most, this.#pack * 2);
    }
  }

  /** Something on the way refused a request for its length. */
  tooLarge(): void {
    this.#most = Math.max(SMALLEST_PACK, Math.floor(this.#pack / 2));
    this.#pack = this.#most;
  }
}
