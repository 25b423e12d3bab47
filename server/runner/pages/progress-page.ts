import { RUNNER_SEGMENT } from '../../contract/names';
import { RUNNER_PAGES } from '../../contract/routes';
import { cover } from '../../pages/cover';
import { html, type Html } from '../../pages/html';
import { SCRIPT_NAME } from './assets';
import { layout } from './layout';
import { STEPS, type ProgressState } from './progress-state';

/** What the page knows when it is first sent; its script keeps it up to date. */
export interface ProgressPage {
  prefix: string;
  dashboardName: string;
  state: ProgressState;
  /** Null for viewers who are not the owner. */
  lines: readonly string[] | null;
  /** The one that was asked for by its own link; null for whichever is live. */
  version: number | null;
}

/** The page that stands in for an app that does not answer yet. */
export function progressPage({ prefix, dashboardName, state, lines, version }: ProgressPage): Html {
  const runner = `${prefix}${RUNNER_SEGMENT}/`;
  const head = html`<noscript><meta http-equiv="refresh" content="5" /></noscript>
    <script src="${runner}assets/${SCRIPT_NAME}" defer></script> `;
  const current = STEPS.findIndex(step => step.id === state.step);
  const steps = STEPS.map(
    ({ id, title }, at) =>
      html`<li data-step="${id}" class="${at < current ? 'done' : at === current ? 'current' : 'ahead'}">${title}</li> `
  );
  const problem = state.problem;
  return layout(
    prefix,
    dashboardName,
    html`<main
      id="progress"
      data-events="${runner}${RUNNER_PAGES.progress}${version === null ? '' : `?version=${version}`}"
      class="state ${state.failed ? 'failed' : 'under-way'}"
    >
      ${cover(dashboardName)}
      <h1><bdi>${dashboardName}</bdi>${version === null ? '' : `, version ${version}`}</h1>
      <p id="message" class="message" role="status">${state.message}</p>
      <p id="fix">${problem?.fix ?? ''}</p>
      <ol id="steps" class="steps">
        ${steps}
      </ol>
      <pre id="detail" class="log">${problem?.detail ?? ''}</pre>
      ${
        lines === null
          ? null
          : html`<h2>Log</h2>
              <pre id="log" class="log" tabindex="0">${lines.map(line => `${line}\n`).join('')}</pre>`
      }
    </main>`,
    head
  );
}
