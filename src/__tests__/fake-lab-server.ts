import type { ServerConnection } from '@jupyterlab/services';

/** What Lab's own server was asked. */
export interface LabAsked {
  url: string;
  init: RequestInit;
}

/** Settings of a Lab server that answers with this: the page of the tests has no `fetch` of its own. */
export function fakeLabServer(asked: LabAsked[], answer: () => Promise<unknown>): ServerConnection.ISettings {
  class FakeRequest {
    readonly headers = new Map<string, string>();
    constructor(url: string, init: RequestInit) {
      asked.push({ url, init });
    }
  }
  const settings = {
    baseUrl: 'http://localhost/user/alice/',
    appendToken: false,
    token: '',
    init: {},
    fetch: answer
  };
  return { ...settings, Request: FakeRequest, Headers: Map } as unknown as ServerConnection.ISettings;
}

/** An answer of it. */
export function labReply(status: number, body: unknown): () => Promise<unknown> {
  return async () => ({ status, ok: status < 400, json: async () => body, headers: new Map() });
}
