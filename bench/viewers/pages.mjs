/**
 * An open page has a minute from when another version is live, of which some goes by until these viewers are told of that.
 */
const AT_LEAST_MS = 40_000;

/** How viewers come to a page: as browsers do, and with an eye on where they land. */
export class Pages {
  /**
   * @param {object} where
   * @param {string} where.link the dashboard's stable link
   * @param {import('./tally.mjs').Tally} where.tally
   * @param {AbortSignal} where.signal
   */
  constructor({ link, tally, signal }) {
    this.link = link;
    this.tally = tally;
    this.signal = signal;
    this.allowed = [];
    /** When other versions took the place of each. */
    this.replaced = new Map();
  }

  /** Versions that whoever opens the dashboard from now on may be led to: the live one, or that one and the next. */
  allow(versions) {
    for (const version of this.allowed.filter(one => !versions.includes(one))) {
      this.replaced.set(version, performance.now());
    }
    if (versions.length === 1) {
      this.replaced.delete(versions[0]);
    }
    this.allowed = versions;
  }

  /** How many seconds more a page of `version` should have been left to go on; null: none. */
  cutShort(version) {
    const left = performance.now() - (this.replaced.get(version) ?? Infinity);
    return left >= AT_LEAST_MS ? null : Math.round((AT_LEAST_MS - Math.max(left, 0)) / 1_000);
  }

  /**
   * Opens the live version.
   *
   * @param {import('../../scripts/demo/visitor.mjs').Visitor} visitor
   * @param {string} [address] where, if not at the stable link
   * @returns {Promise<{ version: number, url: URL } | null>} null where the page was not the one that it should be
   */
  async open(visitor, address = this.link) {
    const allowed = new Set(this.allowed);
    try {
      const page = await visitor.open(address, { signal: AbortSignal.any([this.signal, AbortSignal.timeout(30_000)]) });
      this.allowed.forEach(version => allowed.add(version));
      const version = Number(/\/v\/(\d+)\/$/.exec(new URL(page.url).pathname)?.[1]);
      if (page.status !== 200) {
        this.tally.bad('page', version, `status ${page.status} at ${page.url}: ${page.text.slice(0, 200)}`);
      } else if (!allowed.has(version)) {
        this.tally.bad('page', version, `led to ${page.url}, and not to version ${[...allowed].join(' or ')}`);
      } else if (!page.text.includes(`<h1>edition ${version}</h1>`)) {
        this.tally.bad('page', version, `another page: ${page.text.slice(0, 200)}`);
      } else {
        this.tally.good('page');
        return { version, url: new URL(page.url) };
      }
    } catch (error) {
      if (!this.signal.aborted) {
        this.tally.bad('page', null, error.name === 'TimeoutError' ? 'timed out' : (error.code ?? error.message));
      }
    }
    return null;
  }
}
