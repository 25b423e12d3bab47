import type { TSchema, Static } from 'typebox';
import { Value } from 'typebox/value';

import { ServiceError } from '../errors';
import { HubError } from './replies';

export type Fetch = typeof globalThis.fetch;

export interface HubAnswer {
  status: number;
  text: string;
  /** The reply as JSON; null if it is none. */
  body: unknown;
  /** The sentence of the Hub's error reply, or an empty text. */
  message: string;
  retryAfterSeconds: number | null;
}

export interface HubRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Relative to the Hub's API. */
  path: string;
  token: string;
  json?: unknown;
  form?: Record<string, string>;
  timeoutMs?: number;
}

export type Ask = (request: HubRequest) => Promise<HubAnswer>;

const READ_ATTEMPTS = 3;

/**
 * Asks the Hub. Reads are repeated when the Hub cannot be reached or answers with 5xx, changes never: the caller knows
 * whether they may be repeated. A Hub that takes a connection and does not answer in time is not asked again: whoever
 * waits has waited long enough.
 * @throws ServiceError `hub_unavailable` when no answer came.
 */
export function createAsk(apiUrl: string, fetch: Fetch): Ask {
  return async request => {
    const attempts = (request.method ?? 'GET') === 'GET' ? READ_ATTEMPTS : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await once(apiUrl, fetch, request);
        if (answer.status < 500 || attempt >= attempts) {
          return answer;
        }
      } catch (error) {
        if (attempt >= attempts || tookTooLong(error)) {
          throw hubUnavailable(error);
        }
      }
      await new Promise(resolve => setTimeout(resolve, 100 * 2 ** attempt));
    }
  };
}

/** An open reply of the Hub's: each event that it sends, as it comes. Ends with it, and at once when `signal` is aborted. */
export type Listen = (path: string, token: string, signal: AbortSignal) => AsyncGenerator<unknown, void>;

/** Listens to event streams of the Hub. @throws where the Hub refuses, cannot be reached or goes away */
export function createListen(apiUrl: string, fetch: Fetch): Listen {
  return async function* (path, token, signal) {
    const headers = { authorization: `token ${token}`, accept: 'text/event-stream' };
    const response = await fetch(`${apiUrl}/${path}`, { headers, redirect: 'manual', signal });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      throw hubUnavailable(new Error(`status ${response.status}`));
    }
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter(line => line.startsWith('data:')).map(line => parseJson(line.slice(5)));
    }
  };
}

async function once(apiUrl: string, fetch: Fetch, request: HubRequest): Promise<HubAnswer> {
  const headers: Record<string, string> = { authorization: `token ${request.token}`, accept: 'application/json' };
  let body: string | undefined;
  if (request.form) {
    delete headers.authorization;
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = new URLSearchParams(request.form).toString();
  } else if (request.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(request.json);
  }
  const response = await fetch(`${apiUrl}/${request.path}`, {
    method: request.method ?? 'GET',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(request.timeoutMs ?? 10_000)
  });
  const text = await response.text();
  const parsed = parseJson(text);
  const retryAfter = Number(response.headers.get('retry-after'));
  return {
    status: response.status,
    text,
    body: parsed,
    message: Value.Check(HubError, parsed) ? (parsed.message ?? '') : '',
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null
  };
}

function tookTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}

/** @throws ServiceError `hub_unavailable` when the reply does not have the shape that it should have. */
export function checked<T extends TSchema>(schema: T, answer: HubAnswer): Static<T> {
  if (!Value.Check(schema, answer.body)) {
    throw hubUnavailable(new Error(`unexpected reply with status ${answer.status}`));
  }
  return answer.body as Static<T>;
}

export function hubUnavailable(cause?: unknown): ServiceError {
  return new ServiceError(
    'hub_unavailable',
    503,
    'JupyterHub does not answer at the moment.',
    'Try again in a minute; if it lasts, tell the administrator of this hub.',
    undefined,
    { cause }
  );
}

/** @returns null for what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
