import { LIMITS, LIST_FILTERS, type ListFilter } from '../../../../contract';
import { html, type Html } from '../../../../pages/html';
import { isCursor } from '../../../dashboards/cursor';

/** What the address of the gallery asks for. */
export interface GalleryQuery {
  filter?: ListFilter;
  search?: string;
  cursor?: string;
}

const FILTERS: readonly [filter: ListFilter | undefined, title: string][] = [
  [undefined, 'For me'],
  ['mine', 'Mine'],
  ['shared', 'Shared with me'],
  ['all', 'All on this hub']
];

/** Addresses are typed, cut off and kept for years: what cannot be meant is left out, and the rest of the page shown. */
export function readQuery(query: unknown): GalleryQuery {
  const { filter, search, cursor } = query as Record<string, unknown>;
  return {
    filter: LIST_FILTERS.find(known => known === filter),
    search: typeof search === 'string' ? search.slice(0, LIMITS.search) : undefined,
    cursor: typeof cursor === 'string' && isCursor(cursor) ? cursor : undefined
  };
}

/** Path of the gallery that shows this. */
export function galleryAddress(prefix: string, { filter, search, cursor }: GalleryQuery): string {
  const query = new URLSearchParams({
    ...(filter ? { filter } : {}),
    ...(search ? { search } : {}),
    ...(cursor ? { cursor } : {})
  }).toString();
  return query ? `${prefix}?${query}` : prefix;
}

export function searchForm(prefix: string, { filter, search }: GalleryQuery): Html {
  return html`<form class="find" role="search" action="${prefix}">
    <label class="hidden" for="search">Search by name, description or owner</label>
    <input
      id="search"
      type="search"
      name="search"
      value="${search ?? ''}"
      maxlength="200"
      placeholder="Name, description or owner"
      autocomplete="off"
      dir="auto"
    />
    ${filter ? html`<input type="hidden" name="filter" value="${filter}" />` : null}
    <button>Search</button>
  </form>`;
}

export function filterLinks(prefix: string, { filter, search }: GalleryQuery, admin: boolean): Html {
  const offered = FILTERS.filter(([value]) => value !== 'all' || admin);
  return html`<nav aria-label="Which dashboards">
    <ul class="filters" role="list">
      ${offered.map(
        ([value, title]) =>
          html`<li>
            <a
              href="${galleryAddress(prefix, { filter: value, search })}"
              ${value === filter ? html`aria-current="page"` : null}
              >${title}</a
            >
          </li>`
      )}
    </ul>
  </nav>`;
}

export function pageLinks(prefix: string, query: GalleryQuery, next: string | null): Html | null {
  if (!query.cursor && next === null) {
    return null;
  }
  return html`<nav class="pages" aria-label="Pages">
    ${query.cursor ? html`<a class="button" href="${galleryAddress(prefix, { ...query, cursor: undefined })}">First page</a>` : null}
    ${next ? html`<a class="button" rel="next" href="${galleryAddress(prefix, { ...query, cursor: next })}">Next page</a>` : null}
  </nav>`;
}
