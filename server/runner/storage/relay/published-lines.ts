import { publishedLine } from '../../../files/manifest';
import type { OfferedItem } from '../../../relay/offer';

interface Published {
  item: OfferedItem;
  line: string;
}

/**
 * What counts of the items of an offer, as sorted lines, made while nobody waits: most are the same in the next offer, and
 * what is almost sorted is sorted fast.
 */
export class PublishedLines {
  readonly #sorted: readonly Published[];

  constructor(private readonly items: ReadonlyMap<string, OfferedItem>) {
    const published = Array.from(items.values(), item => ({ item, line: publishedLine(item) }));
    this.#sorted = published.sort((a, b) => (a.line < b.line ? -1 : 1));
  }

  /**
   * Lines of the next offer: those that are the same in their order, then the others.
   *
   * @param wanted - its items by their paths. @param told - those of them that may be others.
   */
  next(wanted: ReadonlyMap<string, OfferedItem>, told: readonly OfferedItem[]): string[] {
    const same = this.#sorted.filter(({ item }) => wanted.get(item.path) === item);
    const others = told.filter(item => this.items.get(item.path) !== item);
    return [...same.map(({ line }) => line), ...others.map(publishedLine)];
  }
}
