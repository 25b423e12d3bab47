import type { FrameworkId, StartSpecification } from '../../contract';
import { PRELOAD } from '../../frameworks/preload';
import { baseEnvironment } from '../env';
import { placesOf } from '../../files/places';
import { appEnvironment } from './environment';
import { guessFramework } from './guess-framework';
import { prepare, type PreparedApp } from './launch';
import { newMarker } from './process-tree';

/** What is needed of the launcher's message. */
interface Message {
  start: string;
  apiToken: string;
  python: string;
  home: string;
  ownVariables: string[];
}

/**
 * A Python process that imports a framework while the runner itself still loads, finds out what is to be run and copies
 * the author's files. None of these is run before `launch` says what the process becomes.
 */
export class HeadStart {
  #prepared: PreparedApp | null;

  constructor(
    readonly framework: FrameworkId,
    readonly marker: string,
    python: string,
    environment: Readonly<Record<string, string>>
  ) {
    this.#prepared = prepare({ python, preload: PRELOAD[framework], environment });
  }

  /** The process, once, if it is one for this framework and still there. Its marker is this one's. */
  take(framework: FrameworkId): PreparedApp | undefined {
    const prepared = this.#prepared;
    if (framework !== this.framework || prepared?.child.exitCode !== null || prepared.child.signalCode !== null) {
      return undefined;
    }
    this.#prepared = null;
    return prepared;
  }

  /** Ends the process, unless it has become an app. */
  end(): void {
    this.#prepared?.child.kill('SIGKILL');
    this.#prepared = null;
  }
}

/**
 * Begins with the app that a start is for, as far as that can be said of the launcher's message, which has not been
 * checked yet: whoever does that says what is wrong with it. Undefined where nothing is to be gained.
 *
 * @param variables - of this process
 */
export function beginHeadStart(content: unknown, variables?: NodeJS.ProcessEnv): HeadStart | undefined {
  try {
    const { start, apiToken, python, home, ownVariables } = content as Message;
    const { dashboard, state, additions } = JSON.parse(
      Buffer.from(start, 'base64url').toString('utf8')
    ) as StartSpecification;
    const first = firstApp(state, home);
    // Python reads variables as it starts, which the administrator's may be meant for.
    const ownStart = first && Object.keys(additions?.[first.framework]?.env ?? {}).length > 0;
    if (!first || ownStart || PRELOAD[first.framework].length === 0) {
      return undefined;
    }
    const marker = newMarker(dashboard.id);
    const environment = appEnvironment({
      base: baseEnvironment([apiToken], ownVariables, variables),
      framework: {},
      python,
      home,
      scratch: placesOf(home, dashboard.id).scratch(first.n),
      marker
    });
    return new HeadStart(first.framework, marker, python, environment);
  } catch {
    return undefined;
  }
}

/** The app that will probably be started first; null where that cannot be said. */
function firstApp(
  { live, job }: StartSpecification['state'],
  home: string
): { n: number; framework: FrameworkId } | null {
  if (live || job === null) {
    return live;
  }
  if (job.kind === 'activate') {
    return job.version;
  }
  const { source } = job;
  const guess = job.command === null && source.kind === 'files' ? guessFramework(source, home) : null;
  const framework = job.framework ?? guess;
  return framework && { n: job.n, framework };
}
