import type { HubPeople } from '../access/hub-people';
import type { Clock } from '../clock';
import { credentialRemoved } from './audited';
import type { GitCredentialStore } from './store';

/** Removes the git credentials of those who are no longer users of the Hub. */
export async function forgetLeavers(
  store: GitCredentialStore,
  hub: Pick<HubPeople, 'userExists'>,
  clock: Clock
): Promise<void> {
  for (const owner of await store.owners()) {
    if (!(await hub.userExists(owner))) {
      await store.removeAllOf(owner, record => credentialRemoved(record, '', clock()));
    }
  }
}
