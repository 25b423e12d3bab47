import { createParser } from 'eventsource-parser';
import { Value } from 'typebox/value';

import { RunnerEvent } from '../../contract';
import { pause, type Clock } from '../clock';
import type { Log } from '../log';
import { Backoff } from './backoff';

/** The service sends a comment every 5 s; after three missing ones the connection is taken for dead. */
const SILENCE = 15_000;
const LONGEST_EVENT = 2_000_000;

export interface EventStreamOptions {
  /** Opens the stream; rejects while the service is away. */
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  received(event: RunnerEvent): void;
  clock: Clock;
  log: Log;
  backoff?: Backoff;
}

/** Follows what the service wants of this runner, for as long as it takes. */
export class EventStream {
  readonly #stop = new AbortController();
  readonly #backoff: Backoff;
  #away = false;

  constructor(private readonly options: EventStreamOptions) {
    this.#backoff = options.backoff ?? new Backoff();
  }

  /** Resolves after `close`; reconnects until then. */
  async follow(): Promise<void> {
    const { clock, log } = this.options;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        if (!this.#stop.signal.aborted && !this.#away) {
          this.#away = true;
          log.warn({ err: error }, 'the event stream broke off');
        }
      }
      await pause(clock, this.#backoff.delay(), this.#stop.signal);
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(): Promise<void> {
    const connection = new AbortController();
    const signal = AbortSignal.any([connection.signal, this.#stop.signal]);
    let cancel = (): void => {};
    const heard = (): void => {
      cancel();
      cancel = this.options.clock.after(SILENCE, () => connection.abort(new Error('The service is silent')));
    };
    const parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ data }) => this.#receive(data),
      onError: error => {
        if (error.type === 'max-buffer-size-exceeded') {
          connection.abort(error);
        }
      }
    });
    const decoder = new TextDecoder();
    heard();
    try {
      for await (const chunk of abortable(await this.options.open(signal), signal)) {
        heard();
        parser.feed(decoder.decode(chunk, { stream: true }));
        if (signal.aborted) {
          return;
        }
      }
    } finally {
      cancel();
    }
  }

  #receive(data: string): void {
    let event: unknown;
    try {
      event = JSON.parse(data);
    } catch {
      event = null;
    }
    if (!Value.Check(RunnerEvent, event)) {
      // A newer service may say things that this runner does not know.
      this.options.log.warn('an event of an unknown kind was ignored');
      return;
    }
    this.#backoff.reset();
    this.#away = false;
    this.options.received(event);
  }
}

/** `source` until `signal` aborts, which makes it throw; also where the source itself does not listen to the signal. */
async function* abortable(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const step = await unlessAborted(iterator.next(), signal);
      if (step.done === true) {
        return;
      }
      yield step.value;
    }
  } finally {
    void iterator.return?.().catch(() => undefined);
  }
}

/** What `work` comes to. Nothing of it stays with the signal, which lasts as long as the stream, or longer. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
