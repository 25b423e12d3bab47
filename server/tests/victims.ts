import type { ChildProcess } from 'node:child_process';

import { environmentOf } from '../runner/testing/engine-bench';
import { eventually } from '../service/testing/test-service';
import type { AuthorLab } from './author-lab';
import type { TestHub } from './hub';
import { ended, HUB, restarter } from './hub-process';
import { processesOf } from './leftovers';
import { onlyProcess, SERVICE, serviceAnswers } from './service-process';

/**
 * The time in which viewers may miss something, because what carries their requests is away: from a moment until they have
 * seen the dashboard by a request of a later one. Of `Date.now`.
 */
export interface Away {
  from: number;
  until: number;
}

/** What is killed, and what becomes of it. */
export interface Victim {
  title: string;
  /** Its processes, while they live. */
  find(): Promise<number[]>;
  /** Resolves when it is back, or comes by itself. @returns null: viewers must not have missed anything */
  back(killedAt: number): Promise<Away | null>;
}

/** Servers by their names at the Hub, of a hub whose servers are apart. */
export function theRunners(hub: TestHub, servers: () => string[]): Victim {
  const ofServer = (server: string) => (pid: number) =>
    environmentOf(pid).some(variable => variable.startsWith('HOME=') && variable.endsWith(`/${server}`));
  return {
    title: 'the runner',
    find: () => Promise.all(servers().map(server => onlyProcess(hub, /runner\.js/, ofServer(server)))),
    // The next request of a viewer goes to another one.
    back: async killedAt => ({ from: killedAt, until: killedAt })
  };
}

export function theService(hub: TestHub): Victim {
  return {
    title: 'the service',
    find: async () => [await onlyProcess(hub, SERVICE)],
    async back() {
      await serviceAnswers(hub);
      return null;
    }
  };
}

export function theLab(hub: TestHub, lab: AuthorLab): Victim {
  return {
    title: 'the author’s Lab server',
    find: async () => [await onlyProcess(hub, /jupyterhub[.-]singleuser/)],
    async back() {
      await eventually(async () => (await lab.state()) === undefined);
      await lab.startAgain();
      return null;
    }
  };
}

/** The Hub, which is started again each time as it was. */
export class TheHub implements Victim {
  readonly title = 'the Hub';
  #again: (() => ChildProcess) | null = null;
  #revived: ChildProcess | null = null;

  constructor(private readonly hub: TestHub) {}

  async find(): Promise<number[]> {
    const pid = await onlyProcess(this.hub, HUB);
    this.#again = restarter(this.hub, pid);
    return [pid];
  }

  async back(): Promise<Away> {
    await eventually(() => processesOf(this.hub, SERVICE).length === 0, 10_000);
    // It puts another proxy in the place of the one that has gone on.
    const from = Date.now();
    this.#revived = this.#again?.() ?? null;
    await serviceAnswers(this.hub);
    return { from, until: Date.now() };
  }

  /** Ends the last one, where it was killed at all. */
  async end(): Promise<void> {
    if (this.#revived) {
      await ended(this.#revived);
    }
  }
}
