import type { FastifyReply } from 'fastify';

import { API, PAGES, type DashboardState, type Problem } from '../../../contract';
import { cover } from '../../../pages/cover';
import { html, type Html } from '../../../pages/html';
import type { SignedIn } from '../../access/viewers';
import type { Context } from '../../context';
import type { DashboardRecord } from '../../dashboards/dashboard';
import { fetchSite } from '../fetch-site';
import { changesOff } from '../xsrf';
import { xsrfField } from './forms';
import { sendPage } from './layout';
import { labAddress } from './lab-address';
import { STATE_WORDS } from './words';

/** Stopped by its owner or an administrator: a visit does not wake it. */
export function sendOff(
  context: Context,
  reply: FastifyReply,
  dashboard: DashboardRecord,
  session: SignedIn
): FastifyReply {
  const { name, owner } = dashboard;
  return sendState(context, reply, dashboard, {
    badge: 'off',
    words: 'Stopped',
    body: isOwner(session, dashboard)
      ? html`<h1><bdi>${name}</bdi> has been stopped</h1>
          <p>Nobody can open it until you start it again.</p>
          ${start(context, reply, dashboard, session, 'Start')}`
      : html`<h1><bdi>${name}</bdi> has been stopped</h1>
          <p>Ask <bdi>${owner}</bdi> to start it again.</p>
          <p>This page does not start it by itself; open the link again afterwards.</p>`
  });
}

/** It could not be started, or has broken down. Only its owner learns why. */
export function sendFailed(
  context: Context,
  reply: FastifyReply,
  dashboard: DashboardRecord,
  session: SignedIn,
  problem: Problem | null
): FastifyReply {
  const { name, owner } = dashboard;
  const body =
    isOwner(session, dashboard) && problem
      ? html`<h1><bdi>${name}</bdi> does not work</h1>
          <p class="message">${problem.message}</p>
          ${problem.fix ? html`<p class="fix">${problem.fix}</p>` : null}
          ${problem.left ? html`<p class="left">${problem.left}</p>` : null}
          ${problem.detail ? html`<pre class="log" tabindex="0" aria-label="Details">${problem.detail}</pre>` : null}
          ${log(context, reply, dashboard)}
          ${
            dashboard.liveVersion === null
              ? html`<div class="actions">${lab(context)}</div>`
              : start(context, reply, dashboard, session, 'Try again')
          }`
      : html`<h1><bdi>${name}</bdi> does not work at the moment</h1>
          <p>Its owner, <bdi>${owner}</bdi>, can see why. Try again in a minute, or tell them.</p>`;
  return sendState(context, reply, dashboard, { badge: 'failed', words: 'Does not work', body });
}

/** Its owner called the first publish off: there is nothing to see yet, and nothing has failed. */
export function sendCancelled(
  context: Context,
  reply: FastifyReply,
  dashboard: DashboardRecord,
  session: SignedIn,
  problem: Problem | null
): FastifyReply {
  const { name, owner } = dashboard;
  return sendState(context, reply, dashboard, {
    badge: 'cancelled',
    words: STATE_WORDS.cancelled,
    body: html`<h1>Publishing <bdi>${name}</bdi> was cancelled</h1>
      ${
        isOwner(session, dashboard)
          ? html`${problem?.fix ? html`<p class="fix">${problem.fix}</p>` : null}
              <div class="actions">${lab(context)}</div>`
          : html`<p>Ask <bdi>${owner}</bdi> to publish it again, and open the link again afterwards.</p>`
      }`
  });
}

/** A link to a version that is not kept, or never was. */
export function sendNoVersion(
  context: Context,
  reply: FastifyReply,
  { name, slug }: DashboardRecord,
  reason: string
): FastifyReply {
  const { prefix } = context.addresses;
  return sendPage(context, reply.code(404), {
    title: name,
    body: html`<main id="content" class="state failed">
      ${cover(name)}
      <h1><bdi>${name}</bdi></h1>
      <p class="message">${reason}</p>
      <p class="fix">Open the version that is live now, or ask its owner for a link to another one.</p>
      <div class="actions">
        <a class="button primary" href="${prefix}${PAGES.dashboard(slug)}"
          ><span>Open <bdi>${name}</bdi></span></a
        >
      </div>
    </main>`
  });
}

export interface Waiting {
  /** Address of this page, and of what its script asks. */
  page: string;
  state: string;
  building: boolean;
  /** What is being done, in words. */
  step: string;
  /** How long that has taken already. */
  seconds: number;
}

/** It wakes, or is being built: the page goes on by itself. */
export function sendWaiting(
  context: Context,
  reply: FastifyReply,
  dashboard: DashboardRecord,
  { page, state, building, step, seconds }: Waiting
): FastifyReply {
  void reply.header('retry-after', '2');
  return sendState(context, reply, dashboard, {
    badge: building ? 'building' : 'starting',
    words: building ? 'Being built' : 'Starting',
    refresh: { seconds: 2, url: page },
    body: html`<div data-state="${state}" data-since="${seconds}">
      <h1><bdi>${dashboard.name}</bdi></h1>
      <p>
        ${building ? 'This dashboard is being built. It opens here as soon as its server answers.' : 'This dashboard is starting. It opens here by itself.'}
      </p>
      <div class="bar" aria-hidden="true"><span></span></div>
      <p id="step" class="message" role="status">${step}</p>
      <p class="quiet" hidden>Time so far: <span id="elapsed"></span></p>
    </div>`
  });
}

interface State {
  badge: Extract<DashboardState, 'off' | 'failed' | 'cancelled' | 'building' | 'starting'>;
  words: string;
  body: Html;
  refresh?: { seconds: number; url: string };
}

/** All of them say `503`: what was asked for is not to be had now, and may be later. */
function sendState(
  context: Context,
  reply: FastifyReply,
  { name }: DashboardRecord,
  { badge, words, body, refresh }: State
): FastifyReply {
  return sendPage(context, reply.code(503), {
    title: name,
    refresh,
    script: refresh ? 'starting' : undefined,
    body: html`<main id="content" class="state ${badge}">
      ${cover(name)}
      <p class="badge ${badge}">${words}</p>
      ${body}
    </main>`
  });
}

function start(
  context: Context,
  reply: FastifyReply,
  { slug }: DashboardRecord,
  session: SignedIn,
  label: string
): Html {
  const off = changesOff(context, reply.request);
  return off
    ? html`<p>Start it in the dashboards panel of JupyterLab.</p>
        <div class="actions">${lab(context)}</div>`
    : html`<div class="actions">
        <form method="post" action="${context.addresses.prefix}${PAGES.dashboard(slug)}/start">
          ${xsrfField(context, session, 'change')}
          <button class="primary">${label}</button>
        </form>
        ${lab(context)}
      </div>`;
}

/** Browsers that do not say where a request comes from get nothing from the API. */
function log({ addresses }: Context, reply: FastifyReply, { id }: DashboardRecord): Html | null {
  return fetchSite(reply.request) === null
    ? null
    : html`<p><a href="${addresses.prefix}${API.logDownload(id)}">Download the whole log</a></p>`;
}

function lab({ addresses }: Context): Html {
  return html`<a class="button" href="${labAddress(addresses)}">Open JupyterLab</a>`;
}

function isOwner({ viewer }: SignedIn, { owner }: DashboardRecord): boolean {
  return viewer.name === owner;
}
