import type { TranslationBundle } from '@jupyterlab/translation';

import { LIMITS, sameAudience, type Audience, type AudienceKind } from '../../server/contract';
import { allNames, finishedNames, type Names } from './names';

/** Who may look, as it is being typed. */
export interface AudienceForm {
  audience: AudienceKind;
  users: Names;
  groups: Names;
}

/** The form for an audience that stands. */
export function audienceForm(audience: Audience): AudienceForm {
  const people = audience.kind === 'people' ? audience : { users: [], groups: [] };
  return { audience: audience.kind, users: finishedNames(people.users), groups: finishedNames(people.groups) };
}

/** The audience that the form describes. */
export function audience(form: AudienceForm): Audience {
  return form.audience === 'people'
    ? { kind: 'people', users: allNames(form.users), groups: allNames(form.groups) }
    : { kind: form.audience };
}

/** What keeps the form from being sent; null if nothing does. */
export function audienceMistake(form: AudienceForm, trans: TranslationBundle): string | null {
  if (form.audience !== 'people') {
    return null;
  }
  const counts = [allNames(form.users).length, allNames(form.groups).length];
  if (Math.max(...counts) === 0) {
    return trans.__('Name at least one person or group.');
  }
  return Math.max(...counts) > LIMITS.audienceEntries
    ? trans.__('These are too many names. Use a group, or everyone.')
    : null;
}

/**
 * The form after its audience was changed elsewhere: what the person has not touched follows, and of people and groups what
 * the person has added or removed is done to the list as it is now.
 *
 * @param before - the audience that the form was filled with
 */
export function rebased(form: AudienceForm, before: Audience, now: Audience): AudienceForm {
  if (sameAudience(audience(form), before)) {
    return audienceForm(now);
  }
  if (form.audience !== 'people' || before.kind !== 'people' || now.kind !== 'people') {
    return form;
  }
  return {
    ...form,
    users: redone(form.users, before.users, now.users),
    groups: redone(form.groups, before.groups, now.groups)
  };
}

function redone(names: Names, before: readonly string[], now: readonly string[]): Names {
  const kept = now.filter(name => !before.includes(name) || names.finished.includes(name));
  const added = names.finished.filter(name => !before.includes(name) && !kept.includes(name));
  return { ...names, finished: [...kept, ...added] };
}
