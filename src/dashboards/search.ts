import { folded, searchText, type Dashboard } from '../../server/contract';

/** Whether a search for `text` finds the dashboard: the same decision as the service's. Empty finds all. */
export function isFound(dashboard: Dashboard, text: string): boolean {
  return searchText(dashboard).includes(folded(text).trim());
}
