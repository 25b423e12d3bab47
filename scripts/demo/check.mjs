import { randomBytes, randomInt } from 'node:crypto';

import { step } from '../setup/progress.mjs';
import { PEOPLE, pageOf, publishAndView } from './journey.mjs';
import { signIn } from './people.mjs';
import { expectedResult, markSample } from './sample.mjs';
import { versions } from './versions.mjs';
import { moveSlider } from './voila-page.mjs';

/** The slider's own value; others prove that the kernel has computed anew. */
const INITIAL = 5;
const REFUSALS = [403, 404];

/** A marker that nothing but this run can know, to be written into the sample before it is published. */
export function prepareMarker(data) {
  const marker = `edition ${randomBytes(6).toString('hex')}`;
  markSample(data, PEOPLE.owner, marker);
  return marker;
}

/**
 * Proves on a running hub that publishing works: the owner and a second user read the marker in the page and get a
 * computed value back through the WebSocket, and a third user is refused.
 *
 * @param {import('./hub.mjs').Hub} hub
 * @param {object} installation
 * @param {string} marker
 * @param {AbortSignal} signal
 * @returns {Promise<Record<string, unknown>>} the figures; `ok` says whether all of it holds
 */
export async function check(hub, installation, marker, signal) {
  const journey = await step('Publishing the sample until a second user has it', () =>
    publishAndView(hub, { signal, marker })
  );
  const { dashboard, owner, viewer, viewerPage } = journey;
  const [markerSeen, roundTrip] = await step('Owner and second user move its slider', async () => {
    const ownerPage = await pageOf(owner, dashboard.link, { marker, signal, log: hub.log });
    const answers = [await slide(owner, ownerPage, marker), await slide(viewer, viewerPage, marker)];
    return [[ownerPage, viewerPage].every(page => page.text.includes(marker)), answers.every(Boolean)];
  });
  const outsider = await step('A third user is refused', async () => {
    const visitor = await signIn(hub, PEOPLE.outsider);
    const page = await visitor.open(dashboard.link, { signal });
    // Straight to the server's own address as well, where no service stands in between.
    const direct = await visitor.open(viewerPage.url, { signal });
    return {
      status: page.status,
      learns: [page, direct].some(({ text }) => text.includes(marker)),
      direct: direct.status
    };
  });
  const refused = REFUSALS.includes(outsider.status) && REFUSALS.includes(outsider.direct) && !outsider.learns;
  return {
    ok: markerSeen && roundTrip && refused,
    ...versions(installation),
    publish_ms: Math.round(journey.publishMs),
    first_page_ms: Math.round(journey.firstPageMs),
    marker_seen: markerSeen,
    websocket_roundtrip: roundTrip,
    outsider_status: outsider.status,
    progress_page_ms: Math.round(journey.progressPage.pageMs),
    progress_seen_ms: Math.round(journey.progressPage.seenMs),
    url: dashboard.link
  };
}

async function slide(visitor, page, marker) {
  const value = INITIAL + randomInt(1, 30);
  const expected = expectedResult(marker, value);
  return (await moveSlider(visitor, page, value, expected)).includes(expected);
}
