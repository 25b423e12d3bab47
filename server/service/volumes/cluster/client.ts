import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { pause } from '../../timing';
import type { ApiAnswer, ApiRequest, Connection } from './connection';
import { kubernetesForbidden, kubernetesUnavailable, Refused } from './failures';
import { Metadata, type Kind } from './objects';

/** How long a request is repeated while nobody answers it, and who may end that. */
export interface Patience {
  /** In milliseconds. */
  for: number;
  signal?: AbortSignal;
}

/**
 * Objects of one namespace. What is asked is asked again while the API cannot be reached or has too much to do: nothing
 * that is done here does any harm when it is done twice.
 *
 * Each throws ServiceError `kubernetes_unavailable` or `kubernetes_forbidden`, the abort of the signal, or `Refused`.
 */
export interface KubernetesClient {
  namespace: string;
  /** null: there is none of this name. */
  get<T extends TSchema>(kind: Kind<T>, name: string, patience?: Patience): Promise<Static<T> | null>;
  list<T extends TSchema>(kind: Kind<T>, selector: Selector, patience?: Patience): Promise<Static<T>[]>;
  /** null: there is one of its name already, maybe from an earlier attempt whose answer was lost. */
  create<T extends TSchema>(kind: Kind<T>, object: object, patience?: Patience): Promise<Static<T> | null>;
  /** Has the API server answer a question about who asks, whatever is in the namespace. */
  review<T extends TSchema>(kind: Kind<T>, spec: object, patience?: Patience): Promise<Static<T>>;
  /** Deletes exactly this one, and not another one that has got its name since. */
  delete(kind: Kind<TSchema>, object: { name: string; uid: string }, patience?: Patience): Promise<void>;
}

export type Selector = { labels: string } | { fields: string };

const PATIENCE: Patience = { for: 30_000 };
/** For one answer. */
const ANSWER_MS = 15_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const TOO_LONG_AGO = 410;

const Status = Type.Object({ reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()) });
const Page = Type.Object({
  metadata: Type.Object({ continue: Type.Optional(Type.String()) }),
  // Summaries of nothing are not an empty list.
  items: Type.Union([Type.Array(Type.Unknown()), Type.Null()])
});
const Named = Type.Object({ metadata: Metadata });

/** @param page objects of a list that are asked for at a time */
export function createKubernetesClient({ namespace, send }: Connection, page = 500): KubernetesClient {
  const folder = ({ group, version, resource }: Kind<TSchema>) =>
    `${group === '' ? '/api' : `/apis/${group}`}/${version}/namespaces/${namespace}/${resource}`;

  /** Asks until there is an answer that another attempt would not change. */
  async function ask(request: Omit<ApiRequest, 'signal'>, patience: Patience = PATIENCE): Promise<ApiAnswer> {
    const until = performance.now() + patience.for;
    const stopped = patience.signal ?? new AbortController().signal;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      stopped.throwIfAborted();
      const { answer, failure } = await once(request, stopped);
      if (answer && !mayPass(answer)) {
        return answer;
      }
      const ms = Math.max(wait, answer ? retryAfter(answer) : 0);
      if (performance.now() + ms > until) {
        const what = answer ? describe(answer) : failure instanceof Error ? failure.message : String(failure);
        throw kubernetesUnavailable(`${request.method} ${request.path}: ${what}`, failure);
      }
      await pause(ms, stopped);
    }
  }

  async function once(
    request: Omit<ApiRequest, 'signal'>,
    stopped: AbortSignal
  ): Promise<{ answer?: ApiAnswer; failure?: unknown }> {
    try {
      const late = AbortSignal.timeout(ANSWER_MS);
      // What changes something is not broken off: it may be done all the same, a moment after it was looked for.
      const signal = request.method === 'GET' ? AbortSignal.any([stopped, late]) : late;
      return { answer: await send({ ...request, signal }) };
    } catch (failure) {
      stopped.throwIfAborted();
      return { failure };
    }
  }

  /** The answer of a success; all others are thrown. */
  function granted(verb: string, { resource }: Kind<TSchema>, answer: ApiAnswer): unknown {
    if (answer.status < 300) {
      return answer.body;
    }
    const { reason = '', message = describe(answer) } = statusOf(answer);
    // Where a right is missing, the server says it like this; quotas and policies refuse in their own words.
    if (answer.status === 401 || (answer.status === 403 && message.includes(` cannot ${verb} `))) {
      throw kubernetesForbidden(verb, resource, namespace, message);
    }
    throw new Refused(answer.status, reason, message);
  }

  /** null: the rest of the list is not to be had any more, since it took too long. */
  async function pages(kind: Kind<TSchema>, selector: URLSearchParams, patience?: Patience): Promise<unknown[] | null> {
    const items: unknown[] = [];
    const accept = kind.summary && 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const query = new URLSearchParams(selector);
    query.set('limit', String(page));
    for (;;) {
      const answer = await ask({ method: 'GET', path: `${folder(kind)}?${query}`, accept }, patience);
      if (answer.status === TOO_LONG_AGO) {
        return null;
      }
      const list = checked(Page, granted('list', kind, answer));
      items.push(...(list.items ?? []));
      if (!list.metadata.continue) {
        return items;
      }
      query.set('continue', list.metadata.continue);
    }
  }

  return {
    namespace,
    async get(kind, name, patience) {
      const answer = await ask({ method: 'GET', path: `${folder(kind)}/${encodeURIComponent(name)}` }, patience);
      return answer.status === 404 ? null : checked(kind.schema, granted('get', kind, answer));
    },

    async list(kind, selector, patience) {
      const query = new URLSearchParams(
        'labels' in selector ? { labelSelector: selector.labels } : { fieldSelector: selector.fields }
      );
      for (;;) {
        const items = await pages(kind, query, patience);
        if (items) {
          return items.map(item => checked(kind.schema, item));
        }
      }
    },

    async create(kind, object, patience) {
      const answer = await ask({ method: 'POST', path: folder(kind), body: object }, patience);
      return isThere(answer) ? null : checked(kind.schema, granted('create', kind, answer));
    },

    async review(kind, spec, patience) {
      const path = `/apis/${kind.group}/${kind.version}/${kind.resource}`;
      const answer = await ask({ method: 'POST', path, body: { spec } }, patience);
      return checked(kind.schema, granted('create', kind, answer));
    },

    async delete(kind, { name, uid }, patience) {
      const path = `${folder(kind)}/${encodeURIComponent(name)}`;
      const answer = await ask({ method: 'DELETE', path, body: { preconditions: { uid } } }, patience);
      if (answer.status === 404) {
        return;
      }
      if (answer.status === 409) {
        const there = await ask({ method: 'GET', path }, patience);
        if (there.status === 404 || (Value.Check(Named, there.body) && there.body.metadata.uid !== uid)) {
          return;
        }
      }
      granted('delete', kind, answer);
    }
  };
}

/**
 * Whether the same request may be answered otherwise in a moment. Conflicts are: two requests that count on one quota get
 * in each other's way.
 */
function mayPass(answer: ApiAnswer): boolean {
  return (
    answer.status === 429 || answer.status >= 500 || (answer.status === 409 && !isThere(answer) && !isAnother(answer))
  );
}

function isThere(answer: ApiAnswer): boolean {
  return answer.status === 409 && statusOf(answer).reason === 'AlreadyExists';
}

/** The object of this name has another id than the one that was to be deleted. */
function isAnother(answer: ApiAnswer): boolean {
  return answer.status === 409 && /precondition/i.test(statusOf(answer).message ?? '');
}

function statusOf({ body }: ApiAnswer): Static<typeof Status> {
  return Value.Check(Status, body) ? body : {};
}

function describe({ status }: ApiAnswer): string {
  return `answered with status ${status}`;
}

/** In milliseconds, of a header in seconds. */
function retryAfter({ headers }: ApiAnswer): number {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? seconds * 1_000 : 0;
}

function checked<T extends TSchema>(schema: T, value: unknown): Static<T> {
  if (!Value.Check(schema, value)) {
    const [first] = Value.Errors(schema, value);
    throw kubernetesUnavailable(`An answer has not the form that it should have: ${first?.message ?? ''}`);
  }
  return value;
}
