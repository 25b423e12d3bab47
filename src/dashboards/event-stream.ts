import { createParser, type EventSourceMessage } from 'eventsource-parser';

/**
 * Read server-sent events from a response. `EventSource` itself cannot send an Authorization header.
 *
 * @param silenceMs a connection without a byte for so long is dead, as after a laptop has slept: the stream throws
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  silenceMs: number
): AsyncGenerator<EventSourceMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: message => messages.push(message) });
  try {
    for (;;) {
      const { done, value } = await withinMs(silenceMs, reader.read());
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

async function withinMs<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TypeError('The stream has gone silent.')), milliseconds);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
