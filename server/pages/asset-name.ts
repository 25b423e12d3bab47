import { createHash } from 'node:crypto';

/** A file name that changes with the content, so that browsers may keep the file for good: `pages.0123456789ab.css`. */
export function assetName(name: string, extension: string, content: string): string {
  return `${name}.${createHash('sha256').update(content).digest('hex').slice(0, 12)}.${extension}`;
}

/** How long they may keep it. */
export const ASSET_CACHING = 'public, max-age=31536000, immutable';
