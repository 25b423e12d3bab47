import type { FrameworkId } from '../../contract';
import { readFolder } from '../../files/read-folder';
import { FOLDER, folderApps, frameworkOf } from '../../frameworks';
import { ProblemError } from '../../problem-error';
import { appFailed, wrongAnswer } from './app-failed';
import { BokehMessages, PULL_DOCUMENT, rootsOf } from './bokeh-messages';
import { converse } from './conversation';
import { FailureWatch } from './logged-failure';
import { openPage } from './pages';
import type { ProofInput } from './proof';

type BokehServer = Extract<FrameworkId, 'bokeh' | 'panel'>;

/** How an author says what is to be shown. */
const SHOWS: Record<BokehServer, string> = {
  panel: 'Mark what is to be shown with .servable()',
  bokeh: 'Add what is to be shown with curdoc().add_root(...)'
};

export const proveBokeh = (input: ProofInput): Promise<string[]> => prove('bokeh', input);
export const provePanel = (input: ProofInput): Promise<string[]> => prove('panel', input);

/** Opens each app's page, which runs its script, and pulls the document over the WebSocket of that same session. */
async function prove(framework: BokehServer, input: ProofInput): Promise<string[]> {
  if (input.entry !== FOLDER) {
    await proveApp(framework, input, input.prefix, null);
    return [];
  }
  for (const app of folderApps(readFolder(input.files), framework)) {
    const name = app.replace(/\.(?:py|ipynb)$/i, '');
    await proveApp(framework, input, input.prefix + encodeURIComponent(name), app);
  }
  return [];
}

async function proveApp(framework: BokehServer, input: ProofInput, path: string, file: string | null): Promise<void> {
  const watch = new FailureWatch(input.log, frameworkOf(framework));
  try {
    const page = await openPage(framework, input, path);
    const token = /"token":"([^"]+)"/.exec(page.body)?.[1];
    const early = watch.failure ?? (token ? null : await watch.late());
    if (early) {
      throw appFailed(framework, early, input.python, file);
    }
    if (!token) {
      throw wrongAnswer(framework, page.status, [...watch.lines.slice(-40), page.body.slice(0, 2_000)].join('\n'));
    }
    const roots = await pullDocument(framework, input, page.path, token);
    const failure = watch.failure ?? (roots === 0 ? await watch.late() : null);
    if (failure) {
      throw appFailed(framework, failure, input.python, file);
    }
    if (roots === 0) {
      throw new ProblemError('app_failed', `${file ?? 'The app'} runs, but shows nothing.`, {
        fix: `${SHOWS[framework]}, then publish again.`
      });
    }
  } finally {
    watch.close();
  }
}

/** @returns number of roots. */
function pullDocument(framework: BokehServer, input: ProofInput, page: string, token: string): Promise<number> {
  const messages = new BokehMessages();
  const path = page.split('?')[0] ?? page;
  return converse<number>(framework, input, {
    path: `${path.replace(/\/$/, '')}/ws`,
    protocols: ['bokeh', token],
    received(data, socket, done) {
      const message = messages.read(data);
      if (message?.type === 'ACK') {
        PULL_DOCUMENT.forEach(frame => socket.send(frame));
      } else if (message?.type === 'PULL-DOC-REPLY') {
        done(rootsOf(message.content));
      } else if (message?.type === 'ERROR') {
        done(0);
      }
    }
  });
}
