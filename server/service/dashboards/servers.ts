import type { Clock } from '../clock';
import { errorOf, ServiceError } from '../errors';
import { pause } from '../timing';
import type { ChannelNews, Channels } from './channels';
import type { DashboardRecord } from './dashboard';
import type { HubServers, SpawnFailure } from './hub-servers';
import { StartStory, type Reason, type ServerNews } from './server-news';

/** How long a server that the Hub calls ready may take until its runner reports. */
const RUNNER_WAIT_MS = 15_000;
/** How long until the Hub is asked again for a server that it calls ready and that says nothing. */
const RUNNING_MS = 1_000;
/** No Spawner of sound mind takes longer; the Hub's own `start_timeout` ends most starts earlier. */
const START_LIMIT_MS = 15 * 60_000;
/** How long the Hub may be away during a start. */
const HUB_AWAY_MS = 60_000;
/** How long until a stream of what is heard of a start, which has broken, is opened again. */
const LISTEN_AGAIN_MS = 3_000;

const PIP_LINE = 'pip install "jupyterhub-dashboards[node]"';

type Answer = Extract<ChannelNews, { kind: 'connected' | 'refused' }>;

/** Starts dashboards' servers, however many ask for it at the same time. */
export interface Servers {
  /**
   * Resolves once the dashboard's runner is connected; starts its server if need be.
   * @throws ServiceError that says what is in the way; `StartCalledOff` when it was stopped meanwhile
   */
  ensure(dashboard: DashboardRecord): Promise<void>;
  starting(dashboardId: string): boolean;
  /** The Hub's hook prepares its start: from now on all of it is heard of. */
  prepared(dashboardId: string): void;
  /** The Hub has been asked to stop it, and has not said that it has, or may still begin a start that was called off. */
  stopping(dashboardId: string): boolean;
  /**
   * Calls off a start that is under way, also one that the Hub has been asked for and takes up only now. A start that is
   * asked for meanwhile waits for the end of the stop.
   */
  stop(dashboard: DashboardRecord, remove: boolean): Promise<void>;
}

/** Nobody wants the start any more: whoever has stopped it knows why. */
export class StartCalledOff extends ServiceError {
  constructor() {
    super(
      'server_stopped',
      409,
      'The dashboard was stopped before its server had started.',
      'Publish again, or start it, when you want it to run.'
    );
  }
}

interface Start {
  started: Promise<void>;
  prepared(): void;
  callOff(): void;
}

/** A start while it is under way. */
interface UnderWay {
  dashboard: DashboardRecord;
  /** Resolved when the hook prepares it. */
  prepared: Promise<void>;
  signal: AbortSignal;
  story: StartStory;
}

export interface ServersOptions {
  hub: HubServers;
  channels: Channels;
  clock: Clock;
  /** Told of what is heard of a start, each sentence once. */
  tell: (dashboard: DashboardRecord, news: ServerNews) => Promise<void>;
  runnerWaitMs?: number;
  runningMs?: number;
  pollMs?: number;
}

export function createServers({
  hub,
  channels,
  clock,
  tell,
  runnerWaitMs = RUNNER_WAIT_MS,
  runningMs = RUNNING_MS,
  pollMs = 500
}: ServersOptions): Servers {
  const underWay = new Map<string, Start>();
  /** Starts that the Hub has been asked for, until it has answered. */
  const asked = new Map<string, Promise<void>>();
  const stops = new Map<string, Promise<void>>();

  function askToStart({ id, owner, serverName }: DashboardRecord): ReturnType<HubServers['start']> {
    const answer = hub.start(owner, serverName, id);
    keepUntilEnded(asked, id, answer);
    return answer;
  }

  /** Resolves when the Hub calls the server ready. `running`: it had been so before. */
  async function startAtHub(start: UnderWay): Promise<'ready' | 'running'> {
    const { dashboard, signal, story } = start;
    const begun = clock();
    while (!signal.aborted && clock() - begun < START_LIMIT_MS) {
      const answer = await askToStart(dashboard);
      if (answer === 'ready' || answer === 'running') {
        return answer;
      }
      if (answer === 'pending' && (await heardOf(start, () => becomesReady(start, begun)))) {
        return 'ready';
      }
      await pause(pollMs, signal);
    }
    throw spawnFailed({ words: '', reason: null }, story);
  }

  async function hear({ dashboard, story }: UnderWay, news: ServerNews): Promise<void> {
    if (story.hear(news)) {
      await tell(dashboard, news);
    }
  }

  /** Tells what is heard of a start while it is waited for. */
  async function heardOf<T>(start: UnderWay, wait: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    void listen(start, AbortSignal.any([start.signal, over.signal]));
    try {
      return await wait();
    } finally {
      over.abort();
    }
  }

  /** A stream that breaks is opened again, and begins anew. */
  async function listen(start: UnderWay, signal: AbortSignal): Promise<void> {
    const { dashboard, prepared } = start;
    const { owner, serverName } = dashboard;
    // Before the hook has been there, the Hub tells less.
    await prepared;
    do {
      try {
        for await (const news of hub.startNews(owner, serverName, signal)) {
          await hear(start, news);
        }
        return;
      } catch {
        // Away, refused or ended with the start: whoever waits for that hears of it elsewhere.
      }
    } while (await pause(LISTEN_AGAIN_MS, signal));
  }

  /** False: somebody has stopped or renamed it meanwhile, and it has to be started again. */
  async function becomesReady(start: UnderWay, begun: number): Promise<boolean> {
    const { signal, story } = start;
    const { owner, serverName } = start.dashboard;
    let heard = clock();
    let interrupted = false;
    let isLookedAtAgain = false;
    while (clock() - begun < START_LIMIT_MS && (await pause(pollMs, signal))) {
      try {
        const server = (await hub.servers(owner))?.get(serverName);
        heard = clock();
        if (server?.ready) {
          return true;
        }
        if (server?.pending) {
          // A start that has failed is stopped as well, which takes a while: afterwards the Hub says that it has.
          interrupted ||= server.pending !== 'spawn';
          continue;
        }
        const failure = await hub.spawnFailure(owner, serverName).catch(() => null);
        if (!failure && interrupted) {
          if (isLookedAtAgain) {
            return false;
          }
          isLookedAtAgain = true;
          continue;
        }
        if (failure?.reason) {
          await hear(start, { sentence: failure.reason.message, reason: failure.reason });
        }
        throw spawnFailed(failure, story);
      } catch (error) {
        if (!isAway(error) || clock() - heard > HUB_AWAY_MS) {
          throw error;
        }
      }
    }
    return false;
  }

  async function start(dashboard: DashboardRecord, prepared: Promise<void>, calledOff: AbortSignal): Promise<void> {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, calledOff]);
    const underWay: UnderWay = { dashboard, prepared, signal, story: new StartStory() };
    await stops.get(dashboard.id);
    try {
      const isAnswer = (news: ChannelNews): news is Answer => news.dashboardId === dashboard.id && news.kind !== 'gone';
      const answer = channels.next(isAnswer, signal);
      let last = await reported(underWay, answer);
      if (last === 'lost') {
        // A server from before, whose runner hangs or has lost its way to us: nothing is missing there.
        await hub.stop(dashboard.owner, dashboard.serverName, false);
        last = await reported(underWay, answer);
      }
      if (calledOff.aborted) {
        throw new StartCalledOff();
      }
      if (last === 'silent' || last === 'lost') {
        throw await noRunner(dashboard);
      }
      if (last !== null && last !== 'connected' && last.kind === 'refused') {
        throw errorOf(last.problem, 409);
      }
    } finally {
      done.abort();
    }
  }

  /** What comes of a start. `silent`, `lost`: a server that was started now, or that had been running, says nothing. */
  async function reported(
    start: UnderWay,
    answer: Promise<Answer | null>
  ): Promise<Answer | null | 'connected' | 'silent' | 'lost'> {
    const { dashboard, signal } = start;
    const late = pause(runnerWaitMs, signal).then(() => 'late' as const);
    for (let runs = false; ; runs = true) {
      // The runner reports before the Hub calls its server ready, so both are waited for at once.
      const ready = startAtHub(start).catch((error: unknown) => {
        if (runs && isAway(error)) {
          return 'running' as const;
        }
        throw error;
      });
      ready.catch(() => undefined);
      const first = await Promise.race([answer, ready]);
      if (first !== 'ready' && first !== 'running') {
        return first;
      }
      if (channels.connected(dashboard.id)) {
        return 'connected';
      }
      if (first === 'ready') {
        return Promise.race([answer, pause(runnerWaitMs, signal).then(() => 'silent' as const)]);
      }
      // It may just be ending. Asked for a start, and for nothing else, the Hub looks whether the server is still there.
      const last = await Promise.race([answer, late, pause(runningMs, signal).then(() => 'again' as const)]);
      if (last !== 'again') {
        return last === 'late' ? 'lost' : last;
      }
    }
  }

  async function stopAtHub({ id, owner, serverName }: DashboardRecord, remove: boolean): Promise<void> {
    const start = asked.get(id);
    const stopped = hub.stop(owner, serverName, remove);
    if (start) {
      // The Hub may take the start up after the stop (it asks for the owner's sign-in first), and then has a server.
      await Promise.allSettled([start, stopped]);
      await hub.stop(owner, serverName, remove);
    } else {
      await stopped;
    }
    // Else whoever wants a start at once would take the runner that has just ended for one that lives.
    channels.drop(id);
  }

  async function noRunner({ owner, serverName }: DashboardRecord): Promise<ServiceError> {
    const server = (await hub.servers(owner).catch(() => null))?.get(serverName);
    return server
      ? new ServiceError(
          'runner_missing',
          409,
          "The dashboard's server was started, but no dashboard runner reported from it.",
          `Install the package where single-user servers run: ${PIP_LINE}`
        )
      : new ServiceError(
          'server_stopped',
          409,
          "The dashboard's server stopped before its runner could report.",
          `Its log at the Hub says why. If the runner is missing there, install it: ${PIP_LINE}`
        );
  }

  return {
    ensure(dashboard) {
      if (channels.connected(dashboard.id) && !stops.has(dashboard.id)) {
        return Promise.resolve();
      }
      const known = underWay.get(dashboard.id);
      if (known) {
        return known.started;
      }
      const calledOff = new AbortController();
      let preparedNow: () => void = () => undefined;
      const prepared = new Promise<void>(resolve => (preparedNow = resolve));
      const started = start(dashboard, prepared, calledOff.signal).finally(() => {
        if (underWay.get(dashboard.id)?.started === started) {
          underWay.delete(dashboard.id);
        }
      });
      underWay.set(dashboard.id, { started, prepared: preparedNow, callOff: () => calledOff.abort() });
      return started;
    },
    starting: dashboardId => underWay.has(dashboardId),
    prepared: dashboardId => underWay.get(dashboardId)?.prepared(),
    stopping: dashboardId => stops.has(dashboardId),
    stop(dashboard, remove) {
      underWay.get(dashboard.id)?.callOff();
      underWay.delete(dashboard.id);
      const stopped = stopAtHub(dashboard, remove);
      keepUntilEnded(stops, dashboard.id, stopped);
      return stopped;
    }
  };
}

/** Keeps under `id` what ends with `work` and with everything that was kept there before. */
function keepUntilEnded(kept: Map<string, Promise<void>>, id: string, work: Promise<unknown>): void {
  const ended: Promise<void> = Promise.allSettled([kept.get(id), work]).then(() => {
    if (kept.get(id) === ended) {
      kept.delete(id);
    }
  });
  kept.set(id, ended);
}

function isAway(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'hub_unavailable';
}

function spawnFailed(failure: SpawnFailure | null, story: StartStory): ServiceError {
  const reason: Reason | null = failure?.reason ?? story.reason;
  if (reason) {
    return new ServiceError('server_failed', 502, reason.message, reason.fix, reason.detail);
  }
  return new ServiceError(
    'server_failed',
    502,
    failure?.words
      ? `JupyterHub could not start the dashboard's server: ${failure.words}`
      : failure
        ? "The dashboard's server did not start in time."
        : "The dashboard's server stopped while it was starting.",
    'Try again; if it happens again, give this sentence to the administrator of this hub.'
  );
}
