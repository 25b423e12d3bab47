// Viewers of a dashboard that serves `app/`, in a process of their own: signs people in, has them look all at once, and
// counts what they did not get. What to expect comes in lines of JSON: {"allow":[versions]}. It says {"ready":true};
// {"landed":n} when half of those who ask by HTTP have been led to version n; {"drained":n} for connections that were ended in
// order; {"missed":…} for each request that failed; and, once its input has ended, the tally.
import { createInterface } from 'node:readline';

import { signIn } from '../../scripts/demo/people.mjs';
import { watchByHttp } from './http-viewer.mjs';
import { Pages } from './pages.mjs';
import { watchBySocket } from './socket-viewer.mjs';
import { Tally } from './tally.mjs';

const { hub, link, users, http, sockets, seed, allow } = JSON.parse(process.argv[2]);

const say = what => process.stdout.write(`${JSON.stringify(what)}\n`);
const over = new AbortController();
const tally = new Tally(missed => say({ missed }));
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
const landed = (viewer, version) => {
  const there = arrivals.get(version) ?? new Set();
  arrivals.set(version, there.add(viewer));
  if (there.size >= http / 2) {
    say({ landed: version });
    there.clear();
  }
};
let told = 0;
const telling = setInterval(() => {
  if (tally.drained > told) {
    told = tally.drained;
    say({ drained: told });
  }
}, 100);

const visitorOf = n => visitors[n % visitors.length];
const watching = [
  ...Array.from({ length: http }, (_, n) =>
    watchByHttp({ visitor: visitorOf(n), pages, seed: seed + n, landed: version => landed(n, version) })
  ),
  ...Array.from({ length: sockets }, (_, n) => watchBySocket({ visitor: visitorOf(n), pages, seed: seed + 1_000 + n }))
];
say({ ready: true });

for await (const line of createInterface({ input: process.stdin })) {
  const word = JSON.parse(line);
  pages.allow(word.allow);
  arrivals.clear();
}
over.abort();
clearInterval(telling);
await Promise.all(watching);
say({ answered: tally.answered, drained: tally.drained, failed: tally.failed });
process.exit();
