import { PAGES } from '../../../contract';

/** What a link to a dashboard leads to: the live version (null), or one of the kept ones. */
export interface Link {
  slug: string;
  version: number | null;
}

/** Reads `sales` or `sales@3`. Slugs hold no `@`. */
export function parseLink(text: string): Link {
  const [, slug, version] = /^([^@]+)@([1-9][0-9]{0,8})$/.exec(text) ?? [];
  return slug && version ? { slug, version: Number(version) } : { slug: text, version: null };
}

/** Path of that link below the service's prefix. */
export function linkPath({ slug, version }: Link): string {
  return version === null ? PAGES.dashboard(slug) : PAGES.version(slug, version);
}
