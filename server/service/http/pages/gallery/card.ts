import { API, isStartable, PAGES, stopEffect, type Dashboard } from '../../../../contract';
import { cover } from '../../../../pages/cover';
import { html, type Html } from '../../../../pages/html';
import type { SignedIn } from '../../../access/viewers';
import type { Context } from '../../../context';
import { xsrfField } from '../forms';
import { ago, audienceWords, frameworkWords, STATE_WORDS } from '../words';

export interface CardContext {
  now: number;
  /** What the buttons need; null: none are shown. */
  changes: { context: Context; session: SignedIn; back: string } | null;
}

/** One dashboard in the gallery. */
export function card(dashboard: Dashboard, { now, changes }: CardContext): Html {
  const { id, name, description, link, state, mayOpen } = dashboard;
  return html`<li class="card" id="dashboard-${id}" data-name="${name}">
    ${cover(name)}
    <div class="about">
      <h2 dir="auto">${mayOpen ? html`<a href="${link}" data-control="open">${name}</a>` : name}</h2>
      <p class="badge ${state}">${STATE_WORDS[state]}</p>
      ${description ? html`<p class="description" dir="auto">${description}</p>` : null}
      <p class="facts quiet">${facts(dashboard, now)}</p>
      ${changes ? buttons(dashboard, changes) : null}
    </div>
  </li>`;
}

function facts({ owner, mine, audience, framework, viewers, updatedAt }: Dashboard, now: number): Html[] {
  const parts = [
    mine ? html`Mine, ${audienceWords(audience)}` : html`by <bdi>${owner}</bdi>`,
    frameworkWords(framework),
    viewers > 0 ? `${viewers} looking now` : null,
    html`<time datetime="${updatedAt}">${`updated ${ago(updatedAt, now)}`}</time>`
  ].filter(part => part !== null);
  return parts.map((part, at) => html`${at > 0 ? ' · ' : ''}${part}`);
}

function buttons(dashboard: Dashboard, { context, session, back }: NonNullable<CardContext['changes']>): Html {
  const { id, name, slug, mine } = dashboard;
  const button = (action: 'start' | 'stop', label: string, question: string | null = null): Html => {
    const { prefix } = context.addresses;
    return html`<form
      method="post"
      action="${prefix}${PAGES.dashboard(slug)}/${action}"
      data-api="${prefix}${API[action](id)}"
      ${question === null ? null : html`data-question="${question}"`}
    >
      ${xsrfField(context, session, 'change')}
      <input type="hidden" name="back" value="${back}" />
      <button aria-label="${label} ${name}" data-control="${action}">${label}</button>
    </form>`;
  };
  const effect = stopEffect(dashboard);
  const label = effect === 'cancel' && mine ? 'Cancel publishing' : 'Stop';
  return html`<div class="actions">
    ${isStartable(dashboard) ? button('start', 'Start') : null}
    ${effect === null ? null : button('stop', label, stopQuestion(dashboard))}
  </div>`;
}

/** What is asked before people are cut off. */
function stopQuestion({ name, viewers }: Dashboard): string | null {
  const people = viewers === 1 ? '1 person is' : `${viewers} people are`;
  return viewers === 0
    ? null
    : `Stop ${name}? ${people} looking at it now. Visitors see that it is stopped until it is started again.`;
}
