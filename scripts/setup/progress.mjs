const LIVE = Boolean(process.stdout.isTTY) && !process.env.CI;
/** Without a terminal to rewrite, a step is announced once it turns out to take a while. */
const ANNOUNCE_AFTER_MS = 2_000;

export function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/**
 * Runs one step of work and shows a line for it, with the time it took. `work` may return a string, which is shown
 * behind the title; steps that return `false` had nothing to do and leave no line.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const begin = performance.now();
  const announce = () => process.stdout.write(LIVE ? `  … ${title}` : `  … ${title}\n`);
  const timer = LIVE ? announce() : setTimeout(announce, ANNOUNCE_AFTER_MS);
  const clear = () => (LIVE ? process.stdout.write('\r\x1b[2K') : clearTimeout(timer));
  try {
    const result = await work();
    clear();
    if (result !== false) {
      const note = typeof result === 'string' ? `: ${result}` : '';
      process.stdout.write(`  ✓ ${title}${note} (${seconds(performance.now() - begin)})\n`);
    }
    return result;
  } catch (error) {
    clear();
    process.stdout.write(`  ✗ ${title} (${seconds(performance.now() - begin)})\n`);
    throw error;
  }
}
