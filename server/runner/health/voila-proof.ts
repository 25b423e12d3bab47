import { readFolder } from '../../files/read-folder';
import { FOLDER, folderApps } from '../../frameworks';
import { voila } from '../../frameworks/voila';
import { appFailed, wrongAnswer } from './app-failed';
import { ask } from './http';
import { FailureWatch } from './logged-failure';
import { openPage } from './pages';
import type { ProofInput } from './proof';

const KERNEL_ID = /"kernelId":\s*"([0-9a-f-]{36})"/;
const SHUTDOWN_MS = 5_000;

/** Runs each notebook once, reads its page to the end, and ends the kernel that this has started. */
export async function proveVoila(input: ProofInput): Promise<string[]> {
  if (input.entry !== FOLDER) {
    await proveNotebook(input, input.prefix, null);
    return [];
  }
  for (const notebook of folderApps(readFolder(input.files), 'voila')) {
    await proveNotebook(input, `${input.prefix}voila/render/${encodeURIComponent(notebook)}`, notebook);
  }
  return [];
}

/** @param file - which of several it is. */
async function proveNotebook(input: ProofInput, path: string, file: string | null): Promise<void> {
  const watch = new FailureWatch(input.log, voila);
  try {
    const page = await openPage('voila', input, path);
    await endKernel(input, page.body);
    const { failure } = watch;
    if (failure) {
      throw appFailed('voila', failure, input.python, file);
    }
    if (page.status >= 400) {
      throw wrongAnswer('voila', page.status, watch.lines.slice(-40).join('\n'));
    }
  } finally {
    watch.close();
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
