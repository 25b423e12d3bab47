import { grouped } from './grouped';

/** How much it is, in a sentence: `1 kB`, `12,345 MB`. Something is never nothing. */
export function sizeInWords(bytes: number): string {
  const kilobytes = Math.ceil(bytes / 1e3);
  return kilobytes < 1_000 ? `${kilobytes} kB` : `${grouped(Math.round(bytes / 1e6))} MB`;
}
