import type { AppFailure } from '../../frameworks';
import { streamlit } from '../../frameworks/streamlit';
import { appFailed } from './app-failed';
import { converse } from './conversation';
import { FailureWatch, LATE_MS } from './logged-failure';
import type { ProofInput } from './proof';
import { readStreamlitMessage, RUN_SCRIPT } from './streamlit-messages';

/** What the page showed when the script had ended. */
interface FirstRun {
  compiled: boolean;
  /** The last exception shown, if any. */
  shown: AppFailure | null;
}

/** Opens the page's WebSocket as a browser does and runs the script to its end. */
export async function proveStreamlit(input: ProofInput): Promise<string[]> {
  const watch = new FailureWatch(input.log, streamlit);
  try {
    const run = await firstRun(input);
    // An exception on the page alone may be what the author wants to show; an uncaught one is in the log as well.
    const uncaught = watch.failure ?? (run.shown && (await watch.late()));
    if (!run.compiled) {
      const failure = run.shown ?? uncaught ?? { summary: 'it is not valid Python.', detail: '' };
      throw appFailed('streamlit', failure, input.python);
    }
    if (uncaught) {
      throw appFailed('streamlit', uncaught, input.python);
    }
    return [];
  } finally {
    watch.close();
  }
}

function firstRun(input: ProofInput): Promise<FirstRun> {
  let shown: AppFailure | null = null;
  let finished: (() => void) | null = null;
  return converse<FirstRun>('streamlit', input, {
    path: `${input.prefix}_stcore/stream`,
    protocols: ['streamlit'],
    opened: socket => socket.send(RUN_SCRIPT),
    received(data, _socket, done) {
      const message = readStreamlitMessage(new Uint8Array(data as ArrayBuffer));
      if (message.kind === 'exception') {
        shown = { summary: message.summary, detail: [...message.trace, message.summary].join('\n') };
        finished?.();
      } else if (message.kind === 'finished' && !message.rerun) {
        finished = () => done({ compiled: message.compiled, shown });
        if (message.compiled || shown) {
          finished();
        } else {
          // What is wrong with a script that is not Python is said after its end.
          setTimeout(finished, LATE_MS).unref();
        }
      }
    }
  });
}
