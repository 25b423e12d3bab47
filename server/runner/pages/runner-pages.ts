import type { IncomingMessage, ServerResponse } from 'node:http';

import { RUNNER_PAGES } from '../../contract/routes';
import type { Clock } from '../clock';
import type { Engine } from '../engine';
import type { Connections } from '../proxy/connections';
import type { Session } from '../viewers/sessions';
import type { SignIn } from '../viewers/sign-in';
import { ASSETS } from './assets';
import { progressPage } from './progress-page';
import { progressOf } from './progress-source';
import { progressState } from './progress-state';
import { streamProgress } from './progress-stream';
import { sendAsset, sendError, sendNothing, sendPage } from './reply';

export interface RunnerPagesOptions {
  prefix: string;
  dashboardName: string;
  engine: Engine;
  connections: Connections;
  signIn: SignIn;
  clock: Clock;
}

const ASSET = 'assets/';
/** How long a slow reader may hold up the end of the runner. */
const END_LIMIT = 300;

/** What the runner itself answers, under `_dashboards/` and in place of an app that does not answer yet. */
export class RunnerPages {
  readonly #streams = new Map<ServerResponse, () => void>();

  constructor(private readonly options: RunnerPagesOptions) {}

  /** Whether `page` needs no session. */
  isOpen(page: string): boolean {
    return page === RUNNER_PAGES.session || page.startsWith(ASSET);
  }

  answerOpen(
    request: IncomingMessage,
    response: ServerResponse,
    { page, query }: { page: string; query: string },
    secure: boolean
  ): void {
    if (!isRead(request, response)) {
      return;
    }
    const asset = ASSETS.get(page.slice(ASSET.length));
    if (page === RUNNER_PAGES.session) {
      this.options.signIn.finish(request, response, query, secure);
    } else if (asset === undefined) {
      sendError(response, 404, 'There is nothing at this address.');
    } else {
      sendAsset(response, asset.type, asset.content);
    }
  }

  answer(
    request: IncomingMessage,
    response: ServerResponse,
    { page, query }: { page: string; query: string },
    session: Session
  ): void {
    const { engine, connections, clock } = this.options;
    if (!isRead(request, response)) {
      return;
    }
    if (page === RUNNER_PAGES.renew) {
      sendNothing(response);
    } else if (page === RUNNER_PAGES.progress) {
      const close = (): void => void response.destroy();
      response.once('close', connections.add({ session: session.id, version: null, close }));
      const end = streamProgress({
        response,
        engine,
        source: progressOf(engine, versionIn(query)),
        owner: session.viewer.owner,
        clock
      });
      this.#streams.set(response, end);
      response.once('close', () => this.#streams.delete(response));
    } else {
      sendError(response, 404, 'There is nothing at this address.');
    }
  }

  /** @param version - one that was asked for by its own link; null: whichever is live */
  sendProgress(response: ServerResponse, session: Session, version: number | null): void {
    const { engine, prefix, dashboardName } = this.options;
    const { owner } = session.viewer;
    const source = progressOf(engine, version);
    const progress = source.progress();
    const state = progressState(source.status(), progress, source.ready(), owner);
    const lines = owner ? progress.lines : null;
    sendPage(response, 503, progressPage({ prefix, dashboardName, state, lines, version }));
  }

  /**
   * Ends the streams of progress pages. A mere end of their connections would not reach the browsers: the Hub's proxy
   * does not pass on that a reply was cut off.
   */
  async end(): Promise<void> {
    const streams = [...this.#streams];
    this.#streams.clear();
    const sent = streams.map(
      ([response, end]) =>
        new Promise<void>(resolve => {
          response.once('finish', resolve).once('close', resolve);
          end();
        })
    );
    await Promise.race([
      Promise.all(sent),
      new Promise(resolve => this.options.clock.after(END_LIMIT, () => resolve(null)))
    ]);
  }
}

function isRead(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') {
    return true;
  }
  sendError(response, 405, 'This address can only be read.');
  return false;
}

function versionIn(query: string): number | null {
  const version = new URLSearchParams(query).get('version') ?? '';
  return /^[1-9]\d{0,8}$/.test(version) ? Number(version) : null;
}
