import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { BuildJob, BuildResult, BuildState, Problem, RunnableVersion, RunnerState, Source } from '../../contract';
import { versionPrefix } from '../../contract';
import { createEngine } from '../create-engine';
import type { Engine, EngineOptions } from '../engine';
import { ask, type Answer } from '../health/http';
import { lookUntil } from './look-until';
import { userPython } from './user-python';

type Outcome = BuildResult['outcome'];

const PREFIX = '/user/alice/dash-sales-ab12/';

/** An engine with a home of its own and a stand-in for the service: what comes back is remembered, the wish is ours. */
export class EngineBench {
  readonly home: string;
  readonly dashboardId = `d${Math.random().toString(36).slice(2, 10)}`;
  readonly stages: BuildState[] = [];
  readonly lines: string[] = [];
  /** Lines of apps, each after its version: `v1 …`. */
  readonly printed: string[] = [];
  /** Versions whose drain time was over, and those whose viewers stayed nevertheless. */
  readonly sentAway: number[] = [];
  readonly cutOff: number[] = [];
  readonly outcomes = new Map<string, Outcome>();
  connections = new Map<number, number>();
  /** For how long nobody has used a version, in ms. */
  idle = new Map<number, number>();
  cancel = false;
  /** A build does not see its files, and waits for them. */
  wantsFiles: (job: BuildJob) => void = () => undefined;
  engine: Engine;
  #state: RunnerState = { revision: 1, live: null, job: null, kept: [] };
  #overrides: Partial<EngineOptions>;
  #jobs = 0;
  /** Id of the build that waits for its files. */
  #wanting: string | null = null;

  private constructor(home: string, overrides: Partial<EngineOptions>) {
    this.home = home;
    this.#overrides = overrides;
    this.engine = this.#create();
  }

  static async create(overrides: Partial<EngineOptions> = {}): Promise<EngineBench> {
    return new EngineBench(await mkdtemp(path.join(tmpdir(), 'engine-')), overrides);
  }

  #create(): Engine {
    this.#wanting = null;
    return createEngine({
      prefix: PREFIX,
      dashboardId: this.dashboardId,
      python: userPython(),
      home: this.home,
      environment: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', JUPYTERHUB_API_TOKEN: 'canary-of-the-hub' },
      reports: {
        progress: async (job, state, lines, wants) => {
          // Each report says it.
          if (wants === 'files' && this.#wanting !== job.id) {
            this.wantsFiles(job);
          }
          if (wants !== undefined) {
            this.#wanting = wants === 'files' ? job.id : null;
          }
          if (state && state !== this.stages.at(-1)) {
            this.stages.push(state);
          }
          this.lines.push(...lines);
          return { cancelled: this.cancel };
        },
        result: async (job, outcome) => {
          this.outcomes.set(job.id, outcome);
        }
      },
      keepLine: (n, line) => this.printed.push(`v${n} ${line}`),
      secrets: ['canary-of-the-hub'],
      connections: n => this.connections.get(n) ?? 0,
      idle: n => this.idle.get(n) ?? Number.POSITIVE_INFINITY,
      firstPage: async () => undefined,
      sendAway: n => this.sentAway.push(n),
      cutOff: n => this.cutOff.push(n),
      appLeft: async () => undefined,
      ...this.#overrides,
      timing: { readyMs: 30_000, killMs: 500, drainQuietMs: 0, ...this.#overrides.timing }
    });
  }

  /** Writes files below the home; returns their folder. */
  async project(name: string, files: Record<string, string>): Promise<string> {
    const root = path.join(this.home, name);
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(root, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
    return root;
  }

  /** The same as the source of a publish; without an entry it is found out. */
  async source(files: Record<string, string>, entry = '.'): Promise<Omit<Source, 'kind'>> {
    return { root: await this.project('sales', files), entry, scope: 'folder' };
  }

  apply(change: Partial<Omit<RunnerState, 'revision'>>): void {
    this.#state = { ...this.#state, ...change, revision: this.#state.revision + 1 };
    this.engine.apply(this.#state);
  }

  /** Gives a publish job and waits for its outcome. */
  async build(n: number, source: Omit<Source, 'kind'>, more: Partial<BuildJob> = {}): Promise<Outcome> {
    const job = { kind: 'publish', n, source: { kind: 'files', ...source }, framework: null, command: null } as const;
    return this.run({ ...job, ...more, id: `b${++this.#jobs}` } as BuildJob);
  }

  async run(job: BuildJob): Promise<Outcome> {
    this.apply({ job });
    return lookUntil(() => this.outcomes.get(job.id), `the build ${job.id}`, 60_000);
  }

  activate(version: RunnableVersion): Promise<Outcome> {
    return this.run({ kind: 'activate', id: `b${++this.#jobs}`, version });
  }

  /** What the service does after a success: the version becomes live. */
  goLive(version: RunnableVersion, kept: number[] = [version.n]): void {
    this.apply({ live: version, job: null, kept });
  }

  /** Publishes and makes it live; fails unless both work. */
  async publish(n: number, source: Omit<Source, 'kind'>, more: Partial<BuildJob> = {}): Promise<RunnableVersion> {
    const outcome = await this.build(n, source, more);
    const command = 'command' in more && typeof more.command === 'string' ? more.command : null;
    return this.succeeded(n, outcome, { entry: source.entry, command });
  }

  /** Makes what a build has made the live version; fails where it has made nothing. */
  succeeded(n: number, outcome: Outcome, job: Pick<RunnableVersion, 'entry' | 'command'>): RunnableVersion {
    if (!outcome.ok) {
      throw new Error(`${outcome.problem.message}\n${outcome.problem.detail ?? ''}`);
    }
    const { framework, strategy, entry = job.entry } = outcome;
    const version = { n, framework, entry, command: job.command, ...(strategy && { strategy }) };
    this.goLive(version, [...this.#state.kept, n]);
    return version;
  }

  /** Gives a publish job that must not succeed. */
  async refused(n: number, source: Omit<Source, 'kind'>, more: Partial<BuildJob> = {}): Promise<Problem> {
    const outcome = await this.build(n, source, more);
    if (outcome.ok) {
      throw new Error('the build succeeded');
    }
    return outcome.problem;
  }

  async get(n: number, rest = ''): Promise<Answer> {
    const target = this.engine.target(n);
    if (!target) {
      throw new Error(`version ${n} does not answer`);
    }
    return ask(target, versionPrefix(PREFIX, n) + rest, { timeoutMs: 120_000 });
  }

  /** Ends this engine's apps and starts anew from the disk, as a restarted server does. */
  async restart(): Promise<void> {
    await this.engine.stop();
    this.renew();
  }

  /** A second engine over the same files, perhaps with other options. */
  renew(overrides: Partial<EngineOptions> = {}): void {
    this.#overrides = { ...this.#overrides, ...overrides };
    this.engine = this.#create();
  }

  /** Numbers of all living processes of this dashboard, found by their environment. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .filter(pid => environmentOf(pid).some(variable => variable.startsWith(`DASHBOARDS_APP=${this.dashboardId}.`)));
  }

  files(n: number): string {
    return path.join(this.home, '.dashboards', this.dashboardId, 'versions', String(n), 'files');
  }

  /** @throws Error if anything of the apps is left then. */
  async dispose(): Promise<void> {
    await this.engine.stop();
    await rm(this.home, { recursive: true, force: true });
    const left = this.processes();
    if (left.length > 0) {
      throw new Error(`The processes ${left.join(', ')} of the apps are still there.`);
    }
  }
}

/** Environment of a process; empty when it is gone. */
export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
