import { ProblemError } from '../../problem-error';
import { notFinished } from './app-failed';
import { ask } from './http';
import type { ProofInput } from './proof';

/** Asks for the first page under the app's prefix. */
export async function proveCommand(input: ProofInput): Promise<string[]> {
  const answer = await ask(input.target, input.prefix, { timeoutMs: input.timeoutMs, signal: input.signal }).catch(
    () => {
      input.signal.throwIfAborted();
      throw notFinished('command', input.timeoutMs);
    }
  );
  if (answer.status >= 500) {
    throw new ProblemError('app_failed', `The app answered its first page with error ${answer.status}.`, {
      fix: 'Correct the app and publish again.',
      detail: [...input.log.lines.slice(-40), answer.body.slice(0, 2_000)].join('\n')
    });
  }
  return answer.status === 404
    ? ['The app answers 404 under its own address: it does not know its base URL. Give it {base_url} in the command.']
    : [];
}
