/** One message of a stream of server-sent events. */
export interface StreamMessage {
  /** The last id seen so far; null before the first. */
  id: string | null;
  data: string;
}

/**
 * Read server-sent events as the HTML standard describes them. `EventSource` itself cannot send an Authorization header.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let id: string | null = null;
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      rest += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be the first half of CRLF: wait for the next chunk.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) {
            yield { id, data: data.join('\n') };
          }
          data = [];
          continue;
        }
        const colon = line.indexOf(':');
        const field = colon === -1 ? line : line.slice(0, colon);
        const content = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') {
          data.push(content);
        } else if (field === 'id' && !content.includes('\0')) {
          id = content;
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
