import { SERVER_NAME_PREFIX } from '../../contract';

/** JupyterHub 6: at most 30 of `[a-z0-9-]`, first a letter, last a letter or digit, no `--`. */
const MAX_LENGTH = 30;
const ID_LENGTH = 8;

/** `dash-<slug>-<id>`, with as much of the slug as there is room for. `id` is of `[a-z0-9]`, at least 8 long. */
export function serverName(slug: string, id: string): string {
  const room = MAX_LENGTH - SERVER_NAME_PREFIX.length - 1 - ID_LENGTH;
  const part = slug
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, room)
    .replace(/-+$/, '');
  return SERVER_NAME_PREFIX + (part ? `${part}-` : '') + id.slice(0, ID_LENGTH);
}
