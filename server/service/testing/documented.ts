import { OPERATIONS } from '../http/openapi/operations';
import { errorStatuses } from '../http/openapi/statuses';

const API = 'api/v1/';

/** Throws where the API answers with an error that its document does not name at this route. */
export function checkDocumented(method: string, path: string, status: number, code: string): void {
  const [place = ''] = path.split('?');
  if (!place.startsWith(API)) {
    return;
  }
  const parts = place.slice(API.length).split('/');
  const key = Object.keys(OPERATIONS).find(name => fits(name, method, parts));
  const operation = key === undefined ? undefined : OPERATIONS[key];
  if (operation && !errorStatuses(method, operation).get(status)?.includes(code)) {
    throw new Error(`${key} has answered ${status} ${code}, which the API document does not name there.`);
  }
}

function fits(name: string, method: string, parts: readonly string[]): boolean {
  const [ofMethod, route = ''] = name.split(' ');
  const segments = route.split('/');
  return (
    ofMethod === method &&
    segments.length === parts.length &&
    segments.every((segment, at) => segment === '{id}' || segment === parts[at])
  );
}
