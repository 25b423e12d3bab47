import type { WebSocket } from 'ws';

import type { FrameworkId } from '../../contract';
import { frameworkOf } from '../../frameworks';
import { ProblemError } from '../../problem-error';
import { notFinished } from './app-failed';
import type { ProofInput } from './proof';

/** What is said over a WebSocket until something is known. */
export interface Conversation<T> {
  /** Absolute path, with the prefix. */
  path: string;
  protocols: string[];
  /** First words of the browser, if it has any. */
  opened?(socket: WebSocket): void;
  /** Takes one message; `done` ends the conversation. */
  received(data: string | ArrayBuffer, socket: WebSocket, done: (result: T) => void): void;
}

/**
 * Talks to an app over its WebSocket as a browser does.
 *
 * @throws ProblemError `app_failed` if the app hangs up or takes too long; the signal's reason
 */
export async function converse<T>(
  framework: FrameworkId,
  input: ProofInput,
  conversation: Conversation<T>
): Promise<T> {
  const { target, timeoutMs, signal } = input;
  signal.throwIfAborted();
  // Only now: most starts have nothing to prove, and Node's own WebSocket would take 10 MB.
  const { WebSocket } = await import('ws');
  const origin = `http://${target.host}:${target.port}`;
  const options = { origin, perMessageDeflate: false };
  const socket = new WebSocket(origin.replace('http', 'ws') + conversation.path, conversation.protocols, options);
  socket.binaryType = 'arraybuffer';
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    return await new Promise<T>((resolve, reject) => {
      const refused = () => reject(hungUp(framework, input));
      limit.addEventListener('abort', () => reject(notFinished(framework, timeoutMs)));
      signal.addEventListener('abort', () => reject(signal.reason));
      socket.addEventListener('open', () => conversation.opened?.(socket));
      socket.addEventListener('close', refused);
      socket.addEventListener('error', refused);
      socket.addEventListener('message', event => {
        try {
          conversation.received(event.data as string | ArrayBuffer, socket, resolve);
        } catch (error) {
          reject(error);
        }
      });
    });
  } finally {
    socket.close();
  }
}

function hungUp(framework: FrameworkId, input: ProofInput): ProblemError {
  const { title } = frameworkOf(framework);
  return new ProblemError('app_failed', `${title} closed the connection before the app had run.`, {
    fix: 'Check that the app runs in a terminal, then publish again.',
    detail: input.log.lines.slice(-40).join('\n')
  });
}
