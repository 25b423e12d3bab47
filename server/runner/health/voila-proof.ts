import { voila } from '../../frameworks/voila';
import { ProblemError } from '../problem-error';
import { ask, type Answer } from './http';
import { appFailed, notFinished, type ProofInput } from './proof';

const KERNEL_ID = /"kernelId":\s*"([0-9a-f-]{36})"/;
const SHUTDOWN_MS = 5_000;

/** Runs the notebook once, reads its page to the end, and ends the kernel that this has started. */
export async function proveVoila(input: ProofInput): Promise<string[]> {
  const lines: string[] = [];
  const stopListening = input.log.listen(line => lines.push(line));
  try {
    const answer = await firstPage(input);
    await endKernel(input, answer.body);
    const failure = voila.failure(lines);
    if (failure) {
      throw appFailed('voila', failure);
    }
    if (answer.status >= 400) {
      throw new ProblemError('app_failed', `Voila answered with error ${answer.status} instead of the notebook.`, {
        fix: 'Check that the notebook runs from top to bottom in JupyterLab, then publish again.',
        detail: lines.slice(-40).join('\n')
      });
    }
    return [];
  } finally {
    stopListening();
  }
}

async function firstPage(input: ProofInput): Promise<Answer> {
  try {
    return await ask(input.target, input.prefix, { timeoutMs: input.timeoutMs, signal: input.signal });
  } catch {
    input.signal.throwIfAborted();
    throw notFinished('voila', input.timeoutMs);
  }
}

async function endKernel(input: ProofInput, page: string): Promise<void> {
  const kernel = KERNEL_ID.exec(page)?.[1];
  if (kernel) {
    const path = `${input.prefix}voila/api/shutdown/${kernel}`;
    // Where this fails, the kernel is ended for being idle.
    await ask(input.target, path, { method: 'POST', timeoutMs: SHUTDOWN_MS, signal: input.signal }).catch(() => null);
    input.signal.throwIfAborted();
  }
}
