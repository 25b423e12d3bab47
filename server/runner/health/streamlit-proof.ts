import { WebSocket } from 'undici';

import type { AppFailure } from '../../frameworks';
import { streamlit } from '../../frameworks/streamlit';
import type { AppLog } from '../supervisor/app-log';
import { ProblemError } from '../problem-error';
import { appFailed, notFinished, type ProofInput } from './proof';
import { readStreamlitMessage, RUN_SCRIPT } from './streamlit-messages';

/** How much later than the end of the script the reason of its failure may come: the log has a pipe of its own. */
const LATE_MS = 2_000;

/** What the page showed when the script had ended. */
interface FirstRun {
  compiled: boolean;
  /** The last exception shown, if any. */
  shown: AppFailure | null;
}

/** Opens the page's WebSocket as a browser does and runs the script to its end. */
export async function proveStreamlit(input: ProofInput): Promise<string[]> {
  const lines: string[] = [];
  const stopListening = input.log.listen(line => lines.push(line));
  try {
    const run = await firstRun(input);
    // An exception on the page alone may be what the author wants to show; an uncaught one is in the log as well.
    const uncaught = streamlit.failure(lines) ?? (run.shown && (await logged(input.log, lines)));
    if (!run.compiled) {
      throw appFailed('streamlit', run.shown ?? uncaught ?? { summary: 'it is not valid Python.', detail: '' });
    }
    if (uncaught) {
      throw appFailed('streamlit', uncaught);
    }
    return [];
  } finally {
    stopListening();
  }
}

async function firstRun(input: ProofInput): Promise<FirstRun> {
  const origin = `http://${input.target.host}:${input.target.port}`;
  const url = `${origin.replace('http', 'ws')}${input.prefix}_stcore/stream`;
  const socket = new WebSocket(url, { protocols: ['streamlit'], headers: { origin } });
  socket.binaryType = 'arraybuffer';
  const limit = AbortSignal.timeout(input.timeoutMs);
  try {
    return await new Promise<FirstRun>((resolve, reject) => {
      let shown: AppFailure | null = null;
      let finished: (() => void) | null = null;
      limit.addEventListener('abort', () => reject(notFinished('streamlit', input.timeoutMs)));
      input.signal.addEventListener('abort', () => reject(input.signal.reason));
      input.signal.throwIfAborted();
      socket.addEventListener('open', () => socket.send(RUN_SCRIPT));
      socket.addEventListener('close', () => reject(refused(input)));
      socket.addEventListener('error', () => reject(refused(input)));
      socket.addEventListener('message', event => {
        const message = readStreamlitMessage(new Uint8Array(event.data as ArrayBuffer));
        if (message.kind === 'exception') {
          shown = { summary: message.summary, detail: [...message.trace, message.summary].join('\n') };
          finished?.();
        } else if (message.kind === 'finished' && !message.rerun) {
          finished = () => resolve({ compiled: message.compiled, shown });
          if (message.compiled || shown) {
            finished();
          } else {
            // What is wrong with a script that is not Python is said after its end.
            setTimeout(finished, LATE_MS).unref();
          }
        }
      });
    });
  } finally {
    socket.close();
  }
}

function refused(input: ProofInput): ProblemError {
  return new ProblemError('app_failed', 'Streamlit closed the connection before the app had run.', {
    fix: 'Check that the app runs in a terminal, then publish again.',
    detail: input.log.lines.slice(-40).join('\n')
  });
}

/** Waits a little for an uncaught exception in the log, the whole traceback of it. */
function logged(log: AppLog, lines: readonly string[]): Promise<AppFailure | null> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      stopListening();
      resolve(streamlit.failure(lines));
    };
    const timer = setTimeout(done, LATE_MS);
    const stopListening = log.listen(() => {
      if (streamlit.failure(lines)?.summary.includes(':')) {
        done();
      }
    });
  });
}
