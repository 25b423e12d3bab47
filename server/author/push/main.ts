import { homedir } from 'node:os';

import { Value } from 'typebox/value';

import { PushOrder, type PushOutcome } from '../../contract/relay';
import { ProblemError } from '../../problem-error';
import { firstLine } from '../first-line';
import { push } from './push';

/**
 * Sends the author's files from where they are: for their own Lab server, or for the command in a terminal. Reads a
 * `PushOrder` in one line, since arguments would show the ticket to whoever lists processes, and writes a `PushOutcome`.
 * Ends with whoever has started it.
 */
async function main(): Promise<void> {
  const order: unknown = JSON.parse(await firstLine(process.stdin));
  process.stdin.once('end', () => process.exit(1));
  // The folder that it was started in may be gone.
  process.chdir('/');
  const outcome = Value.Check(PushOrder, order)
    ? await push(order, { home: homedir(), signal: new AbortController().signal })
    : misunderstood();
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

function misunderstood(): PushOutcome {
  const { problem } = new ProblemError(
    'invalid_request',
    'What is to be sent, and where, is not told as it should be.',
    {
      fix: 'Reload the page and restart your server, so that both are of one version.'
    }
  );
  return { ok: false, problem };
}

void main();
