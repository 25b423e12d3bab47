/** Numbers from 0 to 1 that follow from a seed (mulberry32): the same ones in each run. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of a test: its own one, or that of `DASHBOARDS_SEED`, by which other moments are tried. */
export function seedOf(own: number): number {
  return Number(process.env.DASHBOARDS_SEED ?? own);
}
