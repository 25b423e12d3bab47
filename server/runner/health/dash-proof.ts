import { dash } from '../../frameworks/dash';
import { ProblemError } from '../../problem-error';
import { appFailed, wrongAnswer } from './app-failed';
import { FailureWatch } from './logged-failure';
import { openPage } from './pages';
import type { ProofInput } from './proof';

/** Opens the page and asks for layout and callbacks as its script does. */
export async function proveDash(input: ProofInput): Promise<string[]> {
  const watch = new FailureWatch(input.log, dash);
  try {
    const page = await succeed(input, watch, input.prefix);
    const base = basePath(page.body);
    if (base === null) {
      throw new ProblemError('app_failed', 'The app answers, but not with a page of Dash.', {
        fix: 'Check that the script runs in a terminal and shows its page, then publish again.',
        detail: page.body.slice(0, 2_000)
      });
    }
    // What the page asks for before it shows anything; the layout may be made by a function of the author's.
    const layout = await succeed(input, watch, `${base}_dash-layout`);
    if (layout.body.trim() === 'null') {
      throw new ProblemError('app_failed', 'The app runs, but has no layout.', {
        fix: 'Set the layout of the Dash app to what is to be shown, then publish again.'
      });
    }
    await succeed(input, watch, `${base}_dash-dependencies`);
    return [];
  } finally {
    watch.close();
  }
}

async function succeed(input: ProofInput, watch: FailureWatch, path: string) {
  const page = await openPage('dash', input, path);
  if (page.status < 400) {
    return page;
  }
  const failure = page.status >= 500 ? await watch.late() : null;
  throw failure
    ? appFailed('dash', failure, input.python)
    : wrongAnswer('dash', page.status, page.body.slice(0, 2_000));
}

/** The path that the page asks under; null for what is no page of Dash. */
function basePath(page: string): string | null {
  const config = /<script id="_dash-config"[^>]*>([^<]*)</.exec(page)?.[1];
  if (config === undefined) {
    return null;
  }
  const { requests_pathname_prefix: prefix } = JSON.parse(config) as { requests_pathname_prefix?: unknown };
  return typeof prefix === 'string' ? prefix : null;
}
