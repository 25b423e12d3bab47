import type { Worker } from 'node:worker_threads';

import { pathTooLong } from '../../../files/problems';
import { diskFull, ProblemError } from '../../../problem-error';
import { MalformedSection } from '../../../relay/frames';
import { OutOfStep } from './incoming';
import {
  BASE_ID,
  type AnswerMessage,
  type CallMessage,
  type ReceiverCall,
  type ReceiverPort,
  type ThreadError
} from './receiver-port';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A receiver in a thread of its own. */
export function receiverInThread(worker: Worker): ReceiverPort {
  const waiting = new Map<number, Waiting>();
  let last = BASE_ID;
  let ended: Error | null = null;
  const end = (error: Error): void => {
    ended = error;
    waiting.forEach(({ reject }) => reject(error));
    waiting.clear();
  };
  worker.on('message', (answer: AnswerMessage) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) {
      call?.reject(errorOf(answer.error));
    } else {
      call?.resolve(answer.value);
    }
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the thread that receives files has ended')));

  /** Buffers come out as `Uint8Array`; each is copied, because its memory may be shared with others. */
  function call<T>(name: ReceiverCall, ...args: unknown[]): Promise<T> {
    if (ended) {
      return Promise.reject(ended);
    }
    const id = ++last;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: value => resolve(value as T), reject });
      worker.postMessage({ id, call: name, args } satisfies CallMessage);
    });
  }
  const base = new Promise<string | null>((resolve, reject) => {
    waiting.set(BASE_ID, { resolve: value => resolve(value as string | null), reject });
  });
  // Whoever asks for it hears of it.
  base.catch(() => undefined);
  return {
    base: () => base,
    take: (head, sent) => call('take', head, sent),
    missing: offered => call('missing', offered),
    finish: () => call('finish'),
    close: async () => {
      await worker.terminate();
    }
  };
}

function errorOf(error: ThreadError): Error {
  switch (error.kind) {
    case 'problem':
      return ProblemError.of(error.problem);
    case 'out-of-step':
      return new OutOfStep();
    case 'malformed':
      return new MalformedSection(error.message);
    case 'other':
      return errorOfCode(error.code, error.message);
  }
}

function errorOfCode(code: string | undefined, message: string): Error {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(message);
    // Of a path that is not too long by itself, but below the folder of a version.
    case 'ENAMETOOLONG':
      return pathTooLong(message);
    default:
      return new Error(message);
  }
}
