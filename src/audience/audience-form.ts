import type { TranslationBundle } from '@jupyterlab/translation';

import { LIMITS, type Audience, type AudienceKind } from '../../server/contract';

/** Who may look, as it is being typed. */
export interface AudienceForm {
  audience: AudienceKind;
  /** Names, each followed by a comma; what comes after the last comma is still being typed. */
  users: string;
  groups: string;
}

/** The form for an audience that stands. */
export function audienceForm(audience: Audience): AudienceForm {
  const people = audience.kind === 'people' ? audience : { users: [], groups: [] };
  return { audience: audience.kind, users: typedNames(people.users), groups: typedNames(people.groups) };
}

/** Finished names as text that more can be typed after. */
export function typedNames(finished: readonly string[], unfinished = ''): string {
  return finished.map(name => `${name}, `).join('') + unfinished;
}

/** What has been typed, told apart: names that are finished, and the one that is not. */
export function splitNames(typed: string): { finished: string[]; unfinished: string } {
  const parts = typed.split(/[,;\n]/);
  const unfinished = (parts.pop() ?? '').replace(/^\s+/, '');
  return { finished: distinct(parts), unfinished };
}

/** All names in what has been typed. */
export function names(typed: string): string[] {
  return distinct(typed.split(/[,;\n]/));
}

function distinct(parts: readonly string[]): string[] {
  return [...new Set(parts.map(name => name.trim()).filter(name => name !== ''))];
}

/** The audience that the form describes. */
export function audience(form: AudienceForm): Audience {
  return form.audience === 'people'
    ? { kind: 'people', users: names(form.users), groups: names(form.groups) }
    : { kind: form.audience };
}

/** What keeps the form from being sent; null if nothing does. */
export function audienceMistake(form: AudienceForm, trans: TranslationBundle): string | null {
  if (form.audience !== 'people') {
    return null;
  }
  const counts = [names(form.users).length, names(form.groups).length];
  if (Math.max(...counts) === 0) {
    return trans.__('Name at least one person or group.');
  }
  return Math.max(...counts) > LIMITS.audienceEntries
    ? trans.__('These are too many names. Use a group, or everyone.')
    : null;
}

/** Whether two audiences hold the same people, in whatever order. */
export function sameAudience(a: Audience, b: Audience): boolean {
  if (a.kind === 'people' && b.kind === 'people') {
    const sorted = (list: string[]) => [...list].sort().join('\n');
    return sorted(a.users) === sorted(b.users) && sorted(a.groups) === sorted(b.groups);
  }
  return a.kind === b.kind;
}
