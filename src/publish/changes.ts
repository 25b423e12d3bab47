import { sameAudience, type Dashboard, type PatchRequest } from '../../server/contract';
import { audience, audienceForm, rebased } from '../audience/audience-form';
import type { PublishForm } from './form';

/**
 * What a form was filled with about its dashboard besides its files. What is still the same in the form is nobody's
 * wish: another window may have changed it since.
 */
export type Filled = Pick<Dashboard, 'name' | 'audience'>;

/** What the form says now. */
export function filledWith(form: PublishForm): Filled {
  return { name: form.name.trim(), audience: audience(form) };
}

/** What the person has changed about the dashboard besides its files. `now`: what it has become meanwhile. */
export function changes(form: PublishForm, filled: Filled, now: Filled): Pick<PatchRequest, 'name' | 'audience'> {
  const wanted = filledWith(form);
  return {
    ...(wanted.name === filled.name ? {} : { name: wanted.name }),
    ...(sameAudience(wanted.audience, filled.audience)
      ? {}
      : { audience: audience(rebased(form, filled.audience, now.audience)) })
  };
}

/** The form with what the dashboard has become meanwhile, where the person has changed nothing. */
export function refilled(form: PublishForm, filled: Filled, dashboard: Dashboard): PublishForm {
  const { name, audience: wanted } = changes(form, filled, dashboard);
  return {
    ...form,
    ...(name === undefined ? { name: dashboard.name } : {}),
    ...(wanted === undefined ? audienceForm(dashboard.audience) : {})
  };
}
