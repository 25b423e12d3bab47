import type { DefaultAudience, Whoami } from '../../server/contract';

/** The setting `defaultAudience` in `schema/publish.json`. */
export type AudienceSetting = DefaultAudience | 'hub';

/** The audience that the form begins with: the person's choice if the hub offers it, else the hub's. */
export function firstAudience(setting: AudienceSetting, me: Whoami): DefaultAudience {
  if (setting === 'hub') {
    return me.defaultAudience;
  }
  return me.audiences.includes(setting) ? setting : 'owner';
}
