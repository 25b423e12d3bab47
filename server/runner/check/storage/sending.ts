import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import path from 'node:path';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { STRATEGIES, type PushAddress, type Strategy } from '../../../contract';
import { PushOutcome, type PushOrder } from '../../../contract/relay';
import { DEFAULT_LIMITS } from '../../../files/limits';
import { placesIn, type Places } from '../../../files/places';
import { ProblemError } from '../../../problem-error';
import { removeTree } from '../../versions/remove';
import type { Fetched } from '../../storage/strategy';
import type { Receiving } from '../receiving';
import { failed, notTried, ok, reason, warning, type Attempt, type Result } from './attempt';
import { publishedBy } from './fetched';
import type { MadeUp } from './made-up-project';
import { measure } from './measure';

const HELLO_MS = 5_000;
const PATIENCE_MS = 30_000;
const SENDER = 'dashboards-check';
const OLDER = 'the service is older';
const UNWANTED = 'this hub has no files sent';

export interface SendingInput {
  project: MadeUp;
  strategies?: readonly Strategy[];
  /** Null: the service is of a version that cannot have files sent to a check. */
  receiving: Receiving | null;
  /** Of the program that sends; its home is one of the check's own. */
  environment: Readonly<Record<string, string>>;
  /** Milliseconds that sending may take. */
  patienceMs?: number;
}

/** Whether files that have to be sent arrive, and what that costs. */
export function sending(input: SendingInput): Attempt[] {
  const reached: { at: PushAddress | null } = { at: null };
  return [way(input, reached), cost(input, reached)];
}

/**
 * Every address that an author's server would try, from here: this server is started as theirs are, and the hub's proxy leads
 * back to it.
 */
const way = ({ strategies = STRATEGIES, receiving }: SendingInput, reached: { at: PushAddress | null }): Attempt => ({
  id: 'relay-address',
  what: 'The way for files that are sent',
  fix: 'Write the base URL of the hub’s proxy as users’ servers reach it, and restart the Hub:\nconfigure(c, relay_url="http://proxy-public", …)',
  async tries(_ground, _before, signal) {
    if (!strategies.includes('relay')) {
      return notTried(UNWANTED);
    }
    if (receiving === null) {
      return notTried(OLDER);
    }
    const answering: string[] = [];
    const untried: string[] = [];
    // What a push tries, and waits for, before it takes the first that answers.
    const waitedFor: string[] = [];
    for (const address of receiving.addresses) {
      const why = await hello(address, receiving, signal);
      const { origin } = new URL(address.url);
      if (why === null) {
        reached.at ??= address;
        answering.push(origin);
      } else {
        (reached.at === null ? waitedFor : untried).push(`${origin} (${why})`);
      }
    }
    const from = 'Users’ servers find dashboards’ servers, to send them files,';
    if (reached.at === null) {
      const sentence = `${from} at none of these addresses: ${waitedFor.join(', ') || '(none is known)'}.`;
      return strategies.length > 1 ? warning(sentence, this.fix) : failed(sentence, this.fix);
    }
    const { origin } = new URL(reached.at.url);
    if (waitedFor.length > 0) {
      return warning(
        `${from} at ${origin}, and not at ${waitedFor.join(', ')}: each publish would wait for that.`,
        `Name the address that works, and restart the Hub:\nconfigure(c, relay_url="${origin}", …)`
      );
    }
    const found = `${from} at ${answering.join(' and ')}`;
    return ok(
      untried.length > 0 ? `${found}; not at ${untried.join(', ')}, which is tried only after that.` : `${found}.`
    );
  }
});

/** Greets this server as a push would; null: it has answered, and believes the ticket. */
async function hello(address: PushAddress, { ticket }: Receiving, stop: AbortSignal): Promise<string | null> {
  const { NoAnswer, PushClient, Refused } = await import('../../../author/push/push-client');
  const late = AbortSignal.timeout(HELLO_MS);
  const client = new PushClient({ address, ticket, sender: SENDER, signal: AbortSignal.any([stop, late]) });
  try {
    await client.call(Type.Object({}), 'hello');
    return null;
  } catch (error) {
    stop.throwIfAborted();
    if (late.aborted) {
      return `no answer within ${HELLO_MS / 1_000} s`;
    }
    if (error instanceof Refused) {
      // No build waits for files here: that is said to those whose ticket is good.
      return error.status === 410 && error.problem ? null : (error.problem?.message ?? `status ${error.status}`);
    }
    return error instanceof NoAnswer ? error.message : reason(error);
  } finally {
    client.close();
  }
}

/** What publishing costs where files have to be sent: the real program sends a made-up project, on the way that was found. */
const cost = (
  { project, strategies = STRATEGIES, receiving, environment, patienceMs = PATIENCE_MS }: SendingInput,
  reached: { at: PushAddress | null }
): Attempt => ({
  id: 'relay-cost',
  what: 'Sending a project',
  fix: 'See the line before. Where something stands before the proxy, let it pass request bodies of 1 MB and more on; for nginx:\nclient_max_body_size 0;',
  async tries(ground, before, stop): Promise<Result> {
    if (!strategies.includes('relay')) {
      return notTried(UNWANTED);
    }
    if (receiving === null) {
      return notTried(OLDER);
    }
    const { at } = reached;
    if (at === null) {
      return notTried('there is no way for files');
    }
    if (before.get('strategy')?.works !== true && before.get('strategy')?.state !== 'warning') {
      return notTried('a project cannot be copied');
    }
    const { home, made } = ground;
    const places = placesIn(path.join(made, 'sent'));
    try {
      return await measure(
        async signal => {
          const { root, ...rest } = await project(ground, signal);
          const { buildId, ticket } = receiving;
          const source = { kind: 'files', root, entry: '.', scope: 'folder' } as const;
          const order: PushOrder = { build: buildId, ticket, source, addresses: [at] };
          const fetch = () => sent(order, receiving, { home, places }, { ...environment, HOME: made }, signal);
          return publishedBy(fetch, rest, { home, places });
        },
        { how: ' by sending them', slow: this.fix, fix: this.fix },
        stop,
        costs => ok(`Sending and copying, tried by ${new URL(at.url).origin} with ${costs}`),
        patienceMs
      );
    } finally {
      await removeTree(places.dashboard);
    }
  }
});

/** Has a project sent here as a build does. */
async function sent(
  order: PushOrder,
  { desk }: Receiving,
  { home, places }: { home: string; places: Places },
  environment: Readonly<Record<string, string>>,
  stop: AbortSignal
): Promise<Fetched> {
  const { relay } = await import('../../storage/relay/relay');
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  let sender: Promise<unknown> = Promise.resolve();
  const job = { kind: 'publish', n: 1, id: order.build, source: order.source, framework: null, command: null } as const;
  try {
    return await relay().fetch(job, {
      around: { places, home, environment, dashboardId: path.basename(places.dashboard) },
      limits: DEFAULT_LIMITS,
      git: { hosts: null, credential: async () => null },
      pushes: desk,
      signal,
      line: () => undefined,
      wants(what) {
        if (what === 'files') {
          sender = send(order, environment, signal).then(
            ({ problem }) => problem && over.abort(ProblemError.of(problem)),
            (error: unknown) => over.abort(error)
          );
        }
      }
    });
  } finally {
    await sender;
  }
}

/** Runs the program that sends, as Lab's server and the command do. */
async function send(
  order: PushOrder,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<PushOutcome> {
  const child = spawn(process.execPath, [path.join(__dirname, 'push.js')], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
    signal,
    killSignal: 'SIGKILL'
  });
  // Its end would tell the program that nobody wants the files any more.
  child.stdin.write(`${JSON.stringify(order)}\n`);
  child.stdin.on('error', () => undefined);
  const failing = new Promise<never>((_, reject) => child.once('error', reject));
  const said: unknown = JSON.parse(await Promise.race([text(child.stdout), failing]));
  child.stdin.end();
  if (!Value.Check(PushOutcome, said)) {
    throw new Error('the program that sends files has not said how that ended');
  }
  return said;
}
