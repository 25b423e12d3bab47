/** A dashboards service in memory: answers `fetch` as told, keeps what it was asked. */
import { nullTranslator } from '@jupyterlab/translation';

import { folded, searchText, type Dashboard } from '../../server/contract';
import type { Connection } from '../dashboards/connection';
import { whoami } from './samples';

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

type Answer = Reply | ((asked: Asked) => Reply);

interface Reply {
  status: number;
  ok: boolean;
  json: () => Promise<unknown>;
  body: ReadableStream<Uint8Array> | null;
}

export const SERVICE_URL = 'https://hub.example.org/services/dashboards/';

export function json(value: unknown, status = 200): Reply {
  return { status, ok: status < 400, json: async () => value, body: null };
}

export function html(status: number): Reply {
  return { status, ok: status < 400, json: () => Promise.reject(new SyntaxError('not JSON')), body: null };
}

/** A stream of server-sent events that a test goes on writing to. */
export class EventSourceReply implements Reply {
  readonly status = 200;
  readonly ok = true;
  readonly body: ReadableStream<Uint8Array>;

  constructor() {
    this.body = new ReadableStream({
      start: controller => {
        this._controller = controller;
      },
      cancel: () => {
        this.cancelled = true;
      }
    });
  }

  /** Whoever read it has ended it. */
  cancelled = false;

  json(): Promise<unknown> {
    return Promise.reject(new SyntaxError('not JSON'));
  }

  send(event: unknown, id?: number): void {
    this.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);
  }

  write(text: string): void {
    this._controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this._controller?.close();
  }

  /** As when the network goes away. */
  breakOff(): void {
    this._controller?.error(new TypeError('network error'));
  }

  private _controller: ReadableStreamDefaultController<Uint8Array> | null = null;
}

export class FakeService {
  readonly asked: Asked[] = [];
  /** Pauses that were waited before reconnecting, in ms. */
  readonly pauses: number[] = [];

  /** What `GET api/v1/dashboards` finds. A test changes it at will. */
  dashboards: Dashboard[] = [];

  constructor() {
    this.answer('GET api/v1/dashboards', ({ path }) => this._page(new URLSearchParams(path.split('?')[1])));
    this.answer('GET api/v1/whoami', json(whoami()));
  }

  /**
   * Answer `METHOD path` with these, one after the other, and with the last one ever after. A path without a query answers
   * for every query that has no answer of its own.
   */
  answer(route: string, ...answers: Answer[]): void {
    this._answers.set(route, answers);
  }

  /** What was asked of one route, whatever its query. */
  askedFor(route: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}`.replace(/\?.*/, '') === route);
  }

  /** A test may put another language into it. */
  connection: Connection = {
    serviceUrl: SERVICE_URL,
    token: 'secret',
    trans: nullTranslator.load('jupyterhub_dashboards'),
    sleep: async milliseconds => {
      this.pauses.push(milliseconds);
    },
    fetch: async (input, init) => {
      const asked: Asked = {
        method: init?.method ?? 'GET',
        path: String(input).slice(SERVICE_URL.length),
        headers: init?.headers as Record<string, string>,
        body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
      };
      this.asked.push(asked);
      const route = `${asked.method} ${asked.path}`;
      const answers = this._answers.get(route) ?? this._answers.get(route.replace(/\?.*/, ''));
      if (answers === undefined) {
        throw new TypeError(`nothing answers ${asked.method} ${asked.path}`);
      }
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      const reply = typeof answer === 'function' ? answer(asked) : answer;
      if (reply instanceof EventSourceReply) {
        init?.signal?.addEventListener('abort', () => {
          reply.cancelled = true;
          reply.breakOff();
        });
      }
      return reply as unknown as Response;
    }
  };

  /** The contract's `ListQuery`. Cursors are positions. */
  private _page(query: URLSearchParams): Reply {
    const filter = query.get('filter');
    const search = folded(query.get('search') ?? '').trim();
    const [start, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 50)];
    const found = this.dashboards
      .filter(({ mine, mayOpen }) => (filter === 'mine' ? mine : filter === 'shared' ? !mine && mayOpen : true))
      .filter(dashboard => searchText(dashboard).includes(search))
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
    const next = start + limit < found.length ? String(start + limit) : null;
    return json({ dashboards: found.slice(start, start + limit), next });
  }

  private readonly _answers = new Map<string, Answer[]>();
}
