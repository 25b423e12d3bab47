import { cpus, loadavg } from 'node:os';

/**
 * One figure, as it is printed.
 *
 * @typedef {object} Figure
 * @property {number} value
 * @property {string} unit
 * @property {unknown[]} runs raw samples
 * @property {string} reference what it is compared with
 */

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** As many decimals as mean anything. */
export function rounded(number, decimals = 3) {
  return Number(number.toFixed(decimals));
}

/** The processor and how busy it was, since a figure means nothing without them. */
function machine() {
  const [first] = cpus();
  return { cpu: `${cpus().length} x ${first?.model.trim() ?? 'unknown'}`, load: loadavg().map(one => rounded(one, 2)) };
}

/**
 * The line that a benchmark ends with.
 *
 * @param {string} bench
 * @param {Record<string, Figure>} cases
 * @param {Record<string, unknown>} more what else a reader has to know, such as that fewer pairs were measured
 */
export function resultLine(bench, cases, more) {
  const { cpu, load } = machine();
  return JSON.stringify({ bench, cases, cpu, load, ...more, at: new Date().toISOString() });
}
