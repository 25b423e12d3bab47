import { randomUUID } from 'node:crypto';

import { HeartbeatReply, RUNNER, RUNNER_SEGMENT, type RemovalReport, type RunnerEvent } from '../contract';
import { parseBootstrap, type Bootstrap } from './bootstrap';
import { runCheck } from './check/check';
import { systemClock, type Clock } from './clock';
import { createEngine } from './create-engine';
import { filesLeft, removeDashboardFiles } from './dashboard-files';
import type { Engine, EngineOptions } from './engine';
import { baseEnvironment } from './env';
import { Gateway } from './gateway';
import type { Listener } from './listener';
import { createLog, type Log } from './log';
import { RunnerPages } from './pages/runner-pages';
import { AppProxy } from './proxy/app-proxy';
import { appLeft } from './proxy/app-left';
import { Connections } from './proxy/connections';
import { ServiceBuildReports } from './reports/build-reports';
import { EventStream } from './reports/event-stream';
import { reportHubActivity } from './reports/hub-activity';
import { LogReports } from './reports/log-reports';
import { ServiceClient } from './reports/service-client';
import { Shutdown } from './shutdown';
import { createGitAccess } from './storage/git/git-access';
import { PushDesk } from './storage/relay/push-desk';
import { createPushEndpoint } from './storage/relay/push-endpoint';
import { PushTickets } from './storage/relay/push-ticket';
import type { HeadStart } from './supervisor/head-start';
import { firstPage } from './viewers/first-page';
import { Gate } from './viewers/gate';
import { HeartbeatLoop } from './viewers/heartbeat';
import { Sessions } from './viewers/sessions';
import { SignIn } from './viewers/sign-in';
import { TicketVerifier } from './viewers/ticket';
import { ViewerCookies } from './viewers/viewer-cookies';
import { VERSION } from './version';

/** What the runner takes from the machine; tests bring their own. */
export interface RunnerSurroundings {
  createEngine(options: EngineOptions): Engine;
  environment(secrets: readonly string[], own: readonly string[]): Record<string, string>;
  headStart?: HeadStart | undefined;
  exit(code: number): void;
  clock: Clock;
  log: Log;
}

/** Runs until a signal, or the service, ends it. */
export async function run(content: unknown, listener: Listener, headStart?: HeadStart): Promise<void> {
  const bootstrap = parseBootstrap(content);
  if (bootstrap.start.check) {
    return runCheck(bootstrap, listener, code => process.exit(code));
  }
  const surroundings: RunnerSurroundings = {
    createEngine,
    environment: baseEnvironment,
    headStart,
    exit: code => process.exit(code),
    clock: systemClock,
    log: createLog()
  };
  const runner = startRunner(bootstrap, listener, surroundings);
  process.on('uncaughtException', error => {
    // Ending in order, because apps would be left running without a runner.
    surroundings.log.error({ err: error }, 'the runner made a mistake');
    void runner.end('a mistake');
  });
  process.once('SIGTERM', () => void runner.end('SIGTERM'));
  process.once('SIGINT', () => void runner.end('SIGINT'));
}

/** The composition root: knows the concrete classes and who needs whom. */
export function startRunner(bootstrap: Bootstrap, listener: Listener, surroundings: RunnerSurroundings): Shutdown {
  const { start, prefix, apiToken, home, python, ownVariables } = bootstrap;
  const { clock, log } = surroundings;
  const { startId, dashboard } = start;
  const gitToken = bootstrap.gitToken ?? null;
  const secrets = [apiToken, ...(gitToken ? [gitToken.token] : [])];
  const sender = randomUUID();
  const stopping = new AbortController();

  const client = new ServiceClient(start.serviceUrl, apiToken);
  const connections = new Connections(clock);
  const reports = new ServiceBuildReports({
    startId,
    sender,
    client,
    stateChanged: state => engine.apply(state),
    clock,
    log,
    signal: stopping.signal
  });
  const logs = new LogReports({ startId, sender, tell: (url, body) => client.tell(url, body), clock, log });
  const pushes = new PushDesk();
  const engine = surroundings.createEngine({
    pushes,
    prefix,
    dashboardId: dashboard.id,
    startId,
    python,
    home,
    environment: surroundings.environment(secrets, ownVariables),
    reports,
    keepLine: (n, line) => logs.add(n, line),
    secrets,
    headStart: surroundings.headStart,
    connections: n => connections.count(n),
    idle: n => connections.idle(n),
    firstPage: (n, signal) => firstPage(n, { connections, lastActivity: () => heartbeat.lastActivity, clock, signal }),
    sendAway: n => connections.leaveVersion(n),
    cutOff: n => connections.closeVersion(n),
    appLeft: (target, signal) => appLeft(target, connections, signal),
    ...(start.additions && { additions: start.additions }),
    git: createGitAccess({ client, startId, hosts: start.gitHosts ?? null, token: gitToken }),
    allowed: { paths: start.publishablePaths, strategies: start.strategies, frameworks: start.frameworks },
    ...(start.readyTimeout && { timing: { readyMs: start.readyTimeout * 1_000 } })
  });

  const sessions = new Sessions(clock);
  const cookies = new ViewerCookies(prefix, `${prefix}${RUNNER_SEGMENT}/`);
  const heartbeat = new HeartbeatLoop({
    startId,
    sessions,
    connections,
    status: () => engine.status(),
    stored: () => engine.stored(),
    send: beat => client.post(RUNNER.heartbeat, beat, HeartbeatReply, stopping.signal),
    clock,
    log
  });
  const ticketRules = { ticketKey: start.ticketKey, dashboardId: dashboard.id, startId };
  const tickets = new TicketVerifier(ticketRules, clock);
  const signIn = new SignIn({
    dashboardId: dashboard.id,
    startId,
    prefix,
    publicServiceUrl: start.publicServiceUrl,
    tickets,
    sessions,
    cookies,
    clock,
    log
  });
  const { requestTimeout } = start;
  const proxy = new AppProxy(prefix, (requestTimeout ?? 0) * 1_000);
  const pages = new RunnerPages({ prefix, dashboardName: dashboard.name, engine, connections, signIn, clock });
  const gate = new Gate(sessions, heartbeat, cookies);
  listener.serve(
    new Gateway({
      prefix,
      slug: dashboard.slug,
      rules: start,
      requestTimeout,
      engine,
      connections,
      proxy,
      gate,
      signIn,
      pages,
      pushes: createPushEndpoint({ tickets: new PushTickets(ticketRules, clock), desk: pushes, log }),
      log
    })
  );

  const events = new EventStream({
    open: signal => client.stream(RUNNER.events(startId, VERSION), signal),
    received: event => receive(event),
    clock,
    log
  });
  const shutdown = new Shutdown({
    steps: [
      () => {
        heartbeat.stop();
        stopping.abort();
      },
      () => pages.end(),
      // Viewers' connections end with their app, not after it.
      () => {
        proxy.close();
        return Promise.all([engine.stop(), listener.close()]).then(() => undefined);
      }
    ],
    // The service waits for the end of this stream before it has the server of a deleted dashboard stopped.
    ties: [() => logs.close(), () => events.close(), () => client.close()],
    exit: surroundings.exit,
    log
  });
  const removeFiles = async () => {
    const problem = await removeDashboardFiles(home, dashboard.id).then(() => null, filesLeft);
    // Where this does not arrive, the service has it tried again.
    await client.tell(RUNNER.removed, { startId, problem } satisfies RemovalReport);
  };
  const receive = (event: RunnerEvent): void => {
    switch (event.kind) {
      case 'state':
        return engine.apply(event.state);
      case 'ended':
        return heartbeat.end(event.sessions);
      case 'stop':
        return void shutdown.end('the service asked for it');
      case 'delete':
        return void shutdown.end('the dashboard was deleted', removeFiles);
    }
  };

  engine.subscribe(event => {
    if (event.kind === 'status') {
      void heartbeat.beat();
    }
  });
  engine.apply(start.state, start.remembered);
  heartbeat.start();
  void events.follow();
  void reportHubActivity({
    url: bootstrap.activityUrl || null,
    serverName: bootstrap.serverName || start.serverName,
    everySeconds: bootstrap.activityInterval,
    // Who has a page open uses it: what goes over a WebSocket is no request.
    lastActivity: () => (connections.lasting() > 0 ? clock.now() : heartbeat.lastActivity),
    post: (url, body) => client.tell(url, body, stopping.signal),
    clock,
    log,
    signal: stopping.signal
  });
  log.info({ prefix, dashboard: dashboard.id, port: listener.port }, 'listening');
  return shutdown;
}
