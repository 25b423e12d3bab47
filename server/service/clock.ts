/** Milliseconds since 1970. A dependency, so that tests decide what time it is. */
export type Clock = () => number;

/** The contract's form of a time. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
