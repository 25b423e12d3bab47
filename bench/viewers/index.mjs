// Viewers of a dashboard that serves `app/`, in a process of their own: signs people in, has them look all at once, and
// counts what they did not get. What to expect comes in lines of JSON, {"allow":[versions]}; what has come of it so far goes
// out in lines of JSON, from when all of them look until the input has ended, the last one with `over`.
import { createInterface } from 'node:readline';

import { signIn } from '../../scripts/demo/people.mjs';
import { watchByHttp } from './http-viewer.mjs';
import { Pages } from './pages.mjs';
import { watchSlowly } from './slow-viewer.mjs';
import { watchBySocket } from './socket-viewer.mjs';
import { Tally } from './tally.mjs';

const { hub, link, users, http, sockets, slow, seed, allow } = JSON.parse(process.argv[2]);

const say = what => process.stdout.write(`${JSON.stringify(what)}\n`);
const over = new AbortController();
const tally = new Tally();
const pages = new Pages({ link, tally, signal: over.signal });
pages.allow(allow);

const visitors = [];
for (const user of users) {
  const visitor = await signIn(hub, user);
  // Over the service, with a ticket, to a session at the runner: what follows is what somebody who is signed in does.
  await pages.open(visitor);
  visitors.push(visitor);
}

/** Who has been led to each version since it was said what to expect. */
const arrivals = new Map();
const landed = (viewer, version) => arrivals.set(version, (arrivals.get(version) ?? new Set()).add(viewer));

const visitorOf = n => visitors[n % visitors.length];
const watching = [
  ...Array.from({ length: http }, (_, n) =>
    watchByHttp({ visitor: visitorOf(n), pages, seed: seed + n, landed: version => landed(n, version) })
  ),
  ...Array.from({ length: sockets }, (_, n) => watchBySocket({ visitor: visitorOf(n), pages, seed: seed + 1_000 + n })),
  ...Array.from({ length: slow }, (_, n) => watchSlowly({ visitor: visitorOf(n), pages, turn: n }))
];
const tell = more => {
  const numbers = [...arrivals].map(([version, there]) => [version, there.size]);
  const { answered, drained, failed } = tally;
  say({ answered, drained, failed, landed: Object.fromEntries(numbers), ...more });
};
tell();
const telling = setInterval(tell, 200);

for await (const line of createInterface({ input: process.stdin })) {
  const word = JSON.parse(line);
  pages.allow(word.allow);
  arrivals.clear();
}
over.abort();
clearInterval(telling);
await Promise.all(watching);
tell({ over: true });
process.exit();
