import type { HubPeople } from '../access/hub-people';
import type { GitCredentialStore } from './store';

/** Removes the git credentials of those who are no longer users of the Hub. */
export async function forgetLeavers(store: GitCredentialStore, hub: Pick<HubPeople, 'userExists'>): Promise<void> {
  for (const owner of await store.owners()) {
    if (!(await hub.userExists(owner))) {
      await store.removeAllOf(owner);
    }
  }
}
