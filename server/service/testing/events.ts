/** Reads server-sent events until closed. */
export class EventReader<T> {
  readonly events: T[] = [];
  readonly ids: string[] = [];
  comments = 0;
  ended = false;
  headers = new Headers();
  status = 0;
  readonly #closing = new AbortController();

  /**
   * @param proof a token, or the headers that a page's request has
   * @param begin takes nothing of what is sent until this resolves
   */
  static async open<T>(
    url: string,
    proof: string | Record<string, string>,
    lastEventId?: string,
    begin: Promise<void> = Promise.resolve()
  ): Promise<EventReader<T>> {
    const reader = new EventReader<T>();
    const own = typeof proof === 'string' ? { authorization: `token ${proof}` } : proof;
    const response = await fetch(url, {
      headers: { ...own, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
      signal: reader.#closing.signal
    });
    reader.headers = response.headers;
    reader.status = response.status;
    // The response and not its body alone: `fetch` gives up what nobody holds any more.
    void begin.then(() => response.body && reader.#read(response.body));
    return reader;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const part of body) {
        const blocks = (text + decoder.decode(part, { stream: true })).split('\n\n');
        text = blocks.pop() ?? '';
        blocks.forEach(block => this.#take(block));
      }
    } catch {
      // Closed by `close`.
    }
    this.ended = true;
  }

  #take(block: string): void {
    for (const line of block.split('\n')) {
      if (line.startsWith('data: ')) {
        this.events.push(JSON.parse(line.slice(6)) as T);
      } else if (line.startsWith('id: ')) {
        this.ids.push(line.slice(4));
      } else if (line.startsWith(':')) {
        this.comments += 1;
      }
    }
  }

  close(): void {
    this.#closing.abort();
  }
}
