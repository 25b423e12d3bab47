/** A whole number as English writes it: `12,345`. `toLocaleString` says the same, and takes 7 MB of memory for it. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
