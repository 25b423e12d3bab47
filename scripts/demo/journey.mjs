import { apiToken, signIn } from './people.mjs';
import { buildLive, createApi, publishSample } from './publish.mjs';
import { voilaPage } from './voila-page.mjs';
import { until } from './wait.mjs';

/** The people of the demonstration: who publishes, who may look, who may not, who looks after the hub. */
export const PEOPLE = { owner: 'alice', viewer: 'bob', outsider: 'carol', admin: 'admin' };

/**
 * Publishes the sample as its owner through the API and waits until a second user has its page in full.
 *
 * @param {import('./hub.mjs').Hub} hub
 * @param {{ signal?: AbortSignal, marker?: string }} [options] `marker`: text that the page must contain
 */
export async function publishAndView(hub, { signal, marker = '' } = {}) {
  const owner = await signIn(hub, PEOPLE.owner);
  const viewer = await signIn(hub, PEOPLE.viewer);
  const call = createApi(hub, await apiToken(hub, owner, PEOPLE.owner));

  const clicked = performance.now();
  const { dashboard, build } = await publishSample(call, {
    data: hub.data,
    owner: PEOPLE.owner,
    viewers: [PEOPLE.viewer]
  });
  const publishMs = performance.now() - clicked;

  const progress = openProgress(owner, dashboard.link, clicked, signal);
  const pages = Promise.all([pageOf(viewer, dashboard.link, { marker, signal, log: hub.log }), progress]);
  const failed = failureOf(call, build.id, { signal, log: hub.log });
  const [viewerPage, progressPage] = await Promise.race([pages, failed]);
  const firstPageMs = performance.now() - clicked;
  return { dashboard, call, owner, viewer, viewerPage, publishMs, progressPage, firstPageMs };
}

/**
 * Follows the link as the owner does, until the runner's own progress page is there, with its stages.
 *
 * @returns {Promise<{ pageMs: number, seenMs: number }>} how long that page took to be answered, and how long after the
 *   click it was there
 */
function openProgress(owner, link, clicked, signal) {
  return until(
    'The owner saw no progress page',
    async () => {
      const page = await owner.open(link, { signal });
      const shown = page.text.includes('id="progress"') && page.text.includes('data-step="copy"');
      return shown ? { pageMs: page.lastMs, seenMs: performance.now() - clicked } : undefined;
    },
    { everyMs: 20, withinMs: 30_000, signal }
  );
}

/**
 * The page of a dashboard, once it is the app's own and contains `marker`.
 *
 * @param {import('./visitor.mjs').Visitor} visitor
 * @param {string} link
 */
export function pageOf(visitor, link, { marker = '', signal, log } = {}) {
  return until(
    `${link} did not show the published notebook`,
    async () => {
      const page = await visitor.open(link, { signal });
      return page.status === 200 && voilaPage(page.text) && page.text.includes(marker) ? page : undefined;
    },
    { withinMs: 90_000, signal, log }
  );
}

/** Never resolves; rejects with the reason if the build fails. */
async function failureOf(call, id, { signal, log }) {
  await buildLive(call, id, { withinMs: 120_000, everyMs: 500, signal, log });
  return new Promise(() => {});
}
