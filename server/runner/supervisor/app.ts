import { stat } from 'node:fs/promises';
import path from 'node:path';

import { makeFolders } from '../../files/make-folders';
import { versionPrefix, type FrameworkAdditions, type RunnableVersion } from '../../contract';
import { entryParts } from '../../files/entry';
import { readFolder } from '../../files/read-folder';
import {
  CommandInvalid,
  FOLDER,
  folderApps,
  frameworkOf,
  withAdditions,
  type CommandLine,
  type Framework
} from '../../frameworks';
import { PRELOAD } from '../../frameworks/preload';
import { ProblemError } from '../../problem-error';
import type { Target } from '../engine';
import { waitUntilReady } from '../health/readiness';
import { startFileServer } from '../static-files/file-server';
import type { FilesWatch } from '../storage/live/files-watch';
import type { Unpublished } from '../storage/live/unpublished';
import type { Places } from '../../files/places';
import type { AppLog } from './app-log';
import { appEnvironment } from './environment';
import { exitProblem } from './exit-problem';
import type { HeadStart } from './head-start';
import { launch, type Exit, type LaunchedApp } from './launch';
import { LineSplitter } from './line-splitter';
import { freePort, PortTaken } from './port';
import { newMarker } from './process-tree';
import { programExists } from './program';
import { hideAddress } from './redact';

/** What all apps of one dashboard have in common. */
export interface AppSurroundings {
  places: Places;
  dashboardId: string;
  /** Of the dashboard's server. */
  prefix: string;
  python: string;
  home: string;
  environment: Readonly<Record<string, string>>;
  /** Rejects where the administrator does not allow this version to be served any more. Left out: all may be. */
  permit?(version: RunnableVersion): Promise<void>;
  /** Waits for what an app has begun with that another one has taken the place of. */
  left(target: Target, signal: AbortSignal): Promise<void>;
  /** Tells of changes of files that are served where their author works on them; null for those that never change. */
  watchFiles?(version: RunnableVersion): FilesWatch | null;
  /** What viewers are not to have of a folder that is served as it is; null where all of it was published. */
  unpublished?(version: RunnableVersion, folder: string): Unpublished | null;
  /** Of the administrator's. */
  additions: FrameworkAdditions | undefined;
  /** A process for the first of them, which has begun already. */
  headStart: HeadStart | undefined;
  readyMs: number;
  /** Between asking processes to end and ending them. */
  killMs: number;
}

/** An app that answers requests. */
export interface App {
  target: Target;
  pid: number | null;
  /** Settles when the app has ended by itself or was stopped. */
  exited: Promise<Exit>;
  /** Bytes of memory that all its processes use. */
  memory(): number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const PORT_TAKEN = /address already in use|port \d+ is (?:already|not) (?:in use|available)|EADDRINUSE/i;
const ATTEMPTS = 3;

/**
 * Starts a version from its files and waits until it answers.
 *
 * @throws ProblemError; the signal's reason if it was given up. No process stays behind then.
 */
export async function startApp(
  around: AppSurroundings,
  version: RunnableVersion,
  log: AppLog,
  signal: AbortSignal
): Promise<App> {
  try {
    await around.permit?.(version);
    await checkFiles(around.places, version);
    return await keepStarting(around, version, log, signal);
  } finally {
    // Nobody else will want it.
    around.headStart?.end();
  }
}

async function keepStarting(
  around: AppSurroundings,
  version: RunnableVersion,
  log: AppLog,
  signal: AbortSignal
): Promise<App> {
  if (version.framework === 'static') {
    return startFileServer({
      folder: around.places.files(version.n),
      entry: version.entry,
      prefix: versionPrefix(around.prefix, version.n),
      unpublished: folder => around.unpublished?.(version, folder) ?? null
    });
  }
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const begin = log.lines.length;
    try {
      return await attemptStart(around, version, log, signal);
    } catch (error) {
      // Between our look and the app's start somebody else may have taken the port.
      const lost = error instanceof PortTaken;
      if (signal.aborted || (!lost && !log.lines.slice(begin).some(line => PORT_TAKEN.test(line)))) {
        throw error;
      }
      if (attempt === ATTEMPTS) {
        throw lost ? portLost(error) : error;
      }
      log.add('Another program has taken the port of the app, which is started again on another one.');
    }
  }
}

function portLost(cause: Error): ProblemError {
  return new ProblemError('port_never_opened', 'Another program listens on the port that the app was given.', {
    fix:
      'Publish again. If the command has its server started by something else, as docker and systemd-run do, let it ' +
      'start that itself.',
    detail: `${ATTEMPTS} ports were tried; what listened on each was not of the app’s own processes.`,
    cause
  });
}

async function attemptStart(
  around: AppSurroundings,
  version: RunnableVersion,
  log: AppLog,
  signal: AbortSignal
): Promise<App> {
  const framework = frameworkOf(version.framework);
  const prefix = versionPrefix(around.prefix, version.n);
  const target: Target = { host: HOST, port: await freePort() };
  const process = await launchVersion(around, version, framework, target.port, log);
  const ended = new AbortController();
  void process.exited.then(() => ended.abort(new Error('the app has ended')));
  try {
    await waitUntilReady({
      target,
      path: prefix + framework.readyPath,
      timeoutMs: around.readyMs,
      holder: () => process.holderOf(target.port),
      signal: AbortSignal.any([signal, ended.signal])
    });
    return {
      target,
      pid: process.pid,
      exited: process.exited,
      memory: () => process.memory(),
      stop: () => process.end(around.killMs)
    };
  } catch (error) {
    const endedItself = ended.signal.aborted;
    await process.end(around.killMs);
    if (signal.aborted) {
      throw signal.reason;
    }
    // An app that finds its port taken may end, and in words of its own.
    if (endedItself && process.holderOf(target.port) === 'stranger') {
      throw new PortTaken();
    }
    throw endedItself && !(error instanceof PortTaken)
      ? exitProblem(framework, around.python, await process.exited, log.lines)
      : error;
  }
}

async function launchVersion(
  around: AppSurroundings,
  version: RunnableVersion,
  framework: Framework,
  port: number,
  log: AppLog
): Promise<LaunchedApp> {
  const scratch = around.places.scratch(version.n);
  await makeFolders(scratch);
  const files = around.places.files(version.n);
  const whole = version.entry === FOLDER;
  const cwd = whole ? files : path.dirname(path.join(files, version.entry));
  const own = commandLine(framework, {
    python: around.python,
    entry: whole ? FOLDER : path.basename(version.entry),
    apps: whole && framework.namesApps ? folderApps(readFolder(files), framework.id) : undefined,
    projectDir: cwd,
    scratchDir: scratch,
    host: HOST,
    port,
    prefix: versionPrefix(around.prefix, version.n),
    command: version.command
  });
  const line = withAdditions(version.framework, own, around.additions);
  const prepared = around.headStart?.take(version.framework);
  const marker = prepared && around.headStart ? around.headStart.marker : newMarker(around.dashboardId);
  const environment = appEnvironment({
    base: around.environment,
    framework: line.env,
    python: around.python,
    home: around.home,
    scratch,
    marker
  });
  const program = line.argv[0] ?? '';
  if (!programExists(program, cwd, environment.PATH ?? '')) {
    throw new ProblemError('command_invalid', `The program ${program} is not installed.`, {
      fix: 'Correct the command line, or install the program, then publish again.'
    });
  }
  const add = (text: string) => log.add(hideAddress(text, port));
  const lines = { stdout: new LineSplitter(add), stderr: new LineSplitter(add) };
  const launched = launch(
    {
      python: around.python,
      argv: line.argv,
      cwd,
      environment,
      marker,
      preload: PRELOAD[version.framework],
      output: (chunk, stream) => lines[stream].push(chunk)
    },
    prepared
  );
  const exited = launched.exited.then(exit => {
    lines.stdout.flush();
    lines.stderr.flush();
    return exit;
  });
  return { ...launched, exited };
}

function commandLine(framework: Framework, input: Parameters<Framework['command']>[0]): CommandLine {
  try {
    const line = framework.command(input);
    if (!line) {
      throw new CommandInvalid(`${framework.title} has no command line.`);
    }
    return line;
  } catch (error) {
    if (error instanceof CommandInvalid) {
      throw new ProblemError('command_invalid', error.message, { fix: 'Correct the command line and publish again.' });
    }
    throw error;
  }
}

async function checkFiles(places: Places, version: RunnableVersion): Promise<void> {
  const whole = version.entry === FOLDER;
  const entry = path.join(places.files(version.n), ...(whole ? [] : entryParts(version.entry)));
  const found = await stat(entry).catch(() => null);
  if (!(whole ? found?.isDirectory() : found?.isFile())) {
    throw new ProblemError('file_missing', `The files of version ${version.n} are no longer there.`, {
      fix: 'Publish the dashboard again.',
      detail: entry
    });
  }
}
