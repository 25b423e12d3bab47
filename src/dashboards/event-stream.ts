import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** Read server-sent events from a response. `EventSource` itself cannot send an Authorization header. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<EventSourceMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: message => messages.push(message) });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      parser.feed(decoder.decode(value, { stream: true }));
      const complete = messages;
      messages = [];
      yield* complete;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
