import { signIn } from '../../scripts/demo/people.mjs';
import type { Hub } from '../fixtures/hub';

interface ServerModel {
  name: string;
  ready: boolean;
  stopped: boolean;
  started: string | null;
}

/** An administrator of the Hub, who stops servers through the Hub's own API. */
export async function createAdmin(hub: Hub) {
  const visitor = await signIn(hub, 'admin');
  const api = `${hub.url}hub/api/users/`;

  async function call(method: string, path: string) {
    const url = `${api}${path}`;
    const headers = { 'x-xsrftoken': visitor.cookie(url, '_xsrf') ?? '', 'sec-fetch-mode': 'cors' };
    return visitor.open(url, { method, headers: { ...headers, 'sec-fetch-site': 'same-origin' } });
  }

  /** Named servers of a user, by name. */
  async function servers(user: string): Promise<Record<string, ServerModel>> {
    const answer = await call('GET', `${user}?include_stopped_servers`);
    return (JSON.parse(answer.text) as { servers: Record<string, ServerModel> }).servers;
  }

  async function stop(user: string, server: string): Promise<number> {
    return (await call('DELETE', `${user}/servers/${server}`)).status;
  }

  return { servers, stop };
}
