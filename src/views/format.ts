const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size for people, in the page's language: `885 bytes`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = UNITS[power];
  const maximumFractionDigits = power === 0 ? 0 : 1;
  // The short form of bytes has no plural.
  const unitDisplay = power === 0 ? 'long' : 'short';
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay, maximumFractionDigits }).format(
    bytes / 1000 ** power
  );
}

// Made once: `toLocaleString` makes one for each of hundreds of cards and thousands of lines.
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The exact date and time of an ISO time, in the page's language and time zone. */
export function formatMoment(time: string): string {
  return moment.format(new Date(time));
}

/** A number for people, in the page's language: `20,000`. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat().format(count);
}
