import { randomBytes } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { Type } from 'typebox';

import type { FilesSource, Problem } from '../../contract';
import {
  PushFinished,
  PushGreeted,
  PushMissing,
  type PushAddress,
  type PushOrder,
  type PushOutcome
} from '../../contract/relay';
import { expandHome } from '../../files/home';
import { keepChanging } from '../../files/problems';
import { checkPublishable } from '../../files/publishable';
import { problemOf, ProblemError } from '../../problem-error';
import { LARGEST_SECTION, OFFER } from '../../relay/frames';
import type { OfferedFile } from '../../relay/offer';
import { FindListing, NotListed } from './find-listing';
import { GrowingOffer, type WholeOffer } from './growing-offer';
import { Pace } from './pace';
import { packsOf } from './packs';
import { patienceWith } from './patience';
import type { Project } from './project';
import { NoAnswer, PushClient, Refused } from './push-client';
import { readProject } from './read-project';
import { Remembered } from './remembered';
import { sectionsOf, sectionsOfText } from './sections';
import { mayPass, unreachable, type Failure } from './unreachable';

const Nothing = Type.Object({});

/** A server that has just been started may not have its address yet: until the hub has told its proxy, the hub answers there. */
const FIRST_PATIENCE_MS = 20_000;

/** The build has ended, or has all it waited for. */
const GONE = 410;
/** How often a project is read anew because files of it changed while they were sent. */
const ROUNDS = 3;
/** Pauses between attempts, in ms; the last one is repeated. */
const PAUSES = [500, 1_000, 2_000, 5_000, 10_000];
/** Until the dashboard's server answers for the first time, which is a matter of a second or two: somebody waits for it. */
const FIRST_PAUSES = [50, 75, 100, 125, 150, 200, 250, 300, 400, ...PAUSES];
/** A connection is made and written to within so many turns. */
const TURNS = 3;
/** The dashboard's server is told this often that files are still being read. */
const HELLO_MS = 10_000;

export interface PushSurroundings {
  home: string;
  signal: AbortSignal;
  now?: () => number;
  /** Pauses between attempts, in ms. */
  pauses?: readonly number[];
  /** How often the dashboard's server is told that files are still being read, in ms. */
  helloMs?: number;
  /** For how long the first answer of the dashboard's server is waited for, in ms. */
  firstPatienceMs?: number;
  /** Told what a test wants to know: bytes sent in bodies, at the end. */
  sent?: (bytes: number) => void;
}

/**
 * Sends a project to the dashboard's server that waits for it. Interruptions are taken up where they happened; what the
 * server cannot be told is in the outcome.
 */
export async function push(order: PushOrder, surroundings: PushSurroundings): Promise<PushOutcome> {
  const pushing = new Push(order, surroundings);
  try {
    await pushing.run();
    return { ok: true, problem: null };
  } catch (error) {
    if (error instanceof Refused && error.status === GONE) {
      return { ok: false, problem: null };
    }
    // Whoever has called it off knows that.
    return { ok: false, problem: surroundings.signal.aborted ? null : await pushing.tell(error) };
  } finally {
    pushing.end();
  }
}

/**
 * How sending has ended. `mistaken`: a file is not what its hash says, which may have been remembered wrongly; `unfounded`:
 * what the offer builds on is not there any longer.
 */
type Sent = 'complete' | 'changed' | 'mistaken' | 'unfounded';

/** What was begun before has left this program. */
async function underWay(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await setImmediate();
  }
}

class Push {
  readonly #sender = randomBytes(12).toString('base64url');
  readonly #pace = new Pace(LARGEST_SECTION);
  #client: PushClient | null = null;
  #listing: FindListing | null = null;
  /** The offer that the dashboard's server has, by its hash. */
  #base: string | null = null;
  /** Where the dashboard's server answered. */
  #url = '';
  #advancedAt = performance.now();
  /** The dashboard's server said no while the project was read. */
  #ended: Refused | null = null;

  constructor(
    private readonly order: PushOrder,
    private readonly around: PushSurroundings
  ) {}

  async run(): Promise<void> {
    const { source, publishablePaths } = this.order;
    const connected = this.#persistently(() => this.#connect(), FIRST_PAUSES);
    if (source.kind !== 'files') {
      return connected;
    }
    const { home, now = Date.now } = this.around;
    // What was remembered is read while the dashboard's server is asked.
    const remember = (believed: boolean): Remembered =>
      new Remembered(home, expandHome(source.root, home), now(), believed);
    // So is the folder listed, once: what does not do at first is walked through with care.
    this.#listing = source.scope === 'folder' ? new FindListing(expandHome(source.root, home)) : null;
    let believed = true;
    let [remembered] = await Promise.all([underWay().then(() => remember(believed)), connected]);
    // The dashboard's server knows the names alone: where links lead is seen here.
    await checkPublishable(source, home, publishablePaths);
    for (let round = 1; ; round++) {
      const { project, growing } = await this.#read(source, remembered);
      const changed = new Set(project.changing);
      let end: Sent = 'changed';
      let taken: string | null = null;
      try {
        if (changed.size === 0) {
          const offer = await growing.end(project.rest);
          end = await this.#persistently(() => this.#send(project, offer, changed));
          taken = end === 'complete' ? offer.sha256 : null;
        }
        if (end === 'complete') {
          return;
        }
      } finally {
        // Nobody waits for this any longer.
        remembered.save(taken);
      }
      if (believed && end === 'mistaken') {
        believed = false;
      } else if (round >= ROUNDS) {
        throw keepChanging([...changed]);
      }
      remembered = remember(believed);
      // What goes wrong is not built on.
      this.#base = null;
    }
  }

  /** What to tell about an error. The build ends with it where its server can be told. */
  async tell(error: unknown): Promise<Problem> {
    const problem =
      error instanceof Refused && error.problem
        ? error.problem
        : error instanceof Refused || error instanceof NoAnswer
          ? unreachable([{ url: this.#url, error }]).problem
          : problemOf(error);
    if (error instanceof ProblemError && problem.code !== 'relay_unreachable') {
      await this.#client?.call(Nothing, 'failed', { problem }).catch(() => undefined);
    }
    return problem;
  }

  end(): void {
    this.#listing?.end();
    this.around.sent?.(this.#client?.sent ?? 0);
    this.#client?.close();
  }

  /** Takes the first address at which the dashboard's server answers. */
  async #connect(): Promise<void> {
    const failures: Failure[] = [];
    for (const address of this.order.addresses) {
      const client = this.#clientOf(address);
      try {
        const { base = null } = await client.call(PushGreeted, 'hello');
        this.#base = base;
        this.#client = client;
        this.#url = address.url;
        return;
      } catch (error) {
        client.close();
        if (error instanceof Refused && error.problem !== null) {
          throw error;
        }
        failures.push({ url: address.url, error });
      }
    }
    const patient = performance.now() - this.#advancedAt < (this.around.firstPatienceMs ?? FIRST_PATIENCE_MS);
    throw patient && mayPass(failures) ? new NoAnswer('at none of the addresses') : unreachable(failures);
  }

  #clientOf(address: PushAddress): PushClient {
    return new PushClient({ address, ticket: this.order.ticket, sender: this.#sender, signal: this.around.signal });
  }

  /** Reads the project; what is known of it is sent meanwhile. */
  async #read(source: FilesSource, remembered: Remembered): Promise<{ project: Project; growing: GrowingOffer }> {
    const base = remembered.begin(this.#base) ? this.#base : null;
    const growing = new GrowingOffer(base, (piece, offset) => this.#sendOffer(piece, offset));
    const { home } = this.around;
    const listing = this.#listing;
    this.#listing = null;
    try {
      const project = await this.#whileHeard(goOn =>
        readProject(source, { home, remembered, listing, read: items => growing.add(items), goOn })
      );
      return { project, growing };
    } catch (error) {
      if (error instanceof NotListed) {
        return await this.#read(source, remembered);
      }
      throw error;
    } finally {
      listing?.end();
    }
  }

  /** @param read - calls what it is given now and then: no project is read to its end that nobody waits for any longer. */
  async #whileHeard(read: (goOn: () => void) => Promise<Project>): Promise<Project> {
    const hello = (): void => void this.#call(Nothing, 'hello').catch((error: unknown) => this.#failed(error));
    const timer = setInterval(hello, this.around.helloMs ?? HELLO_MS);
    try {
      return await read(() => {
        this.around.signal.throwIfAborted();
        if (this.#ended) {
          throw this.#ended;
        }
      });
    } finally {
      clearInterval(timer);
    }
  }

  /** Of a call while the project is read: what may pass is seen again, if it does not. */
  #failed(error: unknown): void {
    if (error instanceof Refused && patienceWith(error) === 0) {
      this.#ended ??= error;
    }
  }

  async #sendOffer(text: Buffer, offset: number): Promise<void> {
    try {
      await this.#sendAll(sectionsOfText(OFFER, text, offset, () => this.#pace.section));
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** Tries again what failed on the way, as long as it gets further now and then. */
  async #persistently<T>(attempt: () => Promise<T>, usual: readonly number[] = PAUSES): Promise<T> {
    const pauses = this.around.pauses ?? usual;
    // What came before took its own time, such as reading a large project.
    this.#advancedAt = performance.now();
    for (let failures = 0, advanced = this.#advancedAt; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        if (performance.now() - this.#advancedAt >= patienceWith(error)) {
          throw error;
        }
        if (this.#advancedAt !== advanced) {
          advanced = this.#advancedAt;
          failures = 0;
        }
        if (error instanceof Refused && error.status === 413) {
          this.#pace.tooLarge();
        }
        await setTimeout(pauses[Math.min(failures, pauses.length - 1)], undefined, { signal: this.around.signal });
      }
    }
  }

  /** Unless it is complete, `changed` names files that are not, or not any longer, what was offered. */
  async #send(project: Project, offer: WholeOffer, changed: Set<string>): Promise<Sent> {
    const contents = offer.contents.list;
    const mistaken = (files: readonly OfferedFile[]): Sent => {
      files.forEach(({ path }) => changed.add(path));
      return 'mistaken';
    };
    if (offer.contents.torn) {
      return mistaken(offer.contents.torn.files);
    }
    const size = (): number => this.#pace.section;
    // A second time for what has arrived and was not what it was called, or is gone there since.
    let last: readonly number[] = [];
    for (let attempt = 0; attempt < 3 && changed.size === 0; attempt++) {
      const reply = await this.#offer(offer);
      if (reply === null) {
        return 'unfounded';
      }
      const { missing, partial } = reply;
      const offsets = new Map(partial);
      const wanted = missing.flatMap(index => {
        const content = contents[index];
        return content ? [{ index, content, offset: offsets.get(index) ?? 0 }] : [];
      });
      last = missing;
      await this.#sendAll(sectionsOf(project, wanted, size, path => changed.add(path)));
      if (changed.size === 0 && (await this.#call(PushFinished, 'finish')).complete) {
        return 'complete';
      }
    }
    // Their times do not tell that they change; or it is not they who do.
    return changed.size > 0 ? 'changed' : mistaken(last.flatMap(index => contents[index]?.files ?? []));
  }

  /** Sends what is not there yet of the offer. @returns what is missing of the files; null: what it builds on is */
  async #offer({ base, text, sha256 }: WholeOffer): Promise<PushMissing | null> {
    const offered = { sha256, size: text.length };
    let reply = await this.#call(PushMissing, 'missing', offered);
    // Twice where something else was there that began in its place.
    for (let attempt = 0; attempt < 2 && reply.received < text.length; attempt++) {
      await this.#sendOffer(text.subarray(reply.received), reply.received);
      reply = await this.#call(PushMissing, 'missing', offered);
    }
    if (reply.received < text.length && base !== null) {
      return null;
    }
    if (reply.received < text.length) {
      throw new NoAnswer('the list of files does not arrive as it was sent');
    }
    return reply;
  }

  /** Sends sections, as many at once as a request may hold; the next ones are made while these are on their way. */
  async #sendAll(sections: AsyncGenerator<Buffer[]>): Promise<void> {
    const packs = packsOf(sections, this.#pace);
    let next = packs.next();
    try {
      for (let pack = await next; !pack.done; pack = await next) {
        next = packs.next();
        // Awaited below, or not at all.
        next.catch(() => undefined);
        const begun = performance.now();
        await this.#call(Nothing, 'contents', pack.value);
        this.#advancedAt = performance.now();
        this.#pace.took(this.#advancedAt - begun);
      }
    } finally {
      await next.catch(() => undefined);
      await packs.return(undefined);
    }
  }

  async #call<S extends typeof Nothing | typeof PushMissing | typeof PushFinished>(
    schema: S,
    call: string,
    body?: Buffer[] | object
  ) {
    if (!this.#client) {
      throw new NoAnswer('there is no connection');
    }
    return this.#client.call(schema, call, body);
  }
}
