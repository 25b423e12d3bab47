/** Resolves as soon as `condition` holds; rejects after `limit` ms. */
export async function eventually(condition: () => boolean, what: string, limit = 5_000): Promise<void> {
  const end = Date.now() + limit;
  while (!condition()) {
    if (Date.now() > end) {
      throw new Error(`Never happened: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** Resolves when `value` has not changed between two looks. */
export async function settled(value: () => number, between = 150): Promise<void> {
  for (let before = Number.NaN; before !== value();) {
    before = value();
    await new Promise(resolve => setTimeout(resolve, between));
  }
}
