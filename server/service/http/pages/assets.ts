import type { App } from '../app';

/** The same colours and measures as the runner's pages have: people come from one to the other. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --quiet: #59636e; --line: #d9dce1; --link: #1f6feb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --paper: #15181c; --quiet: #9aa4af; --line: #34383e; --link: #6ea8ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: clamp(1rem, 6vw, 4rem) 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.75rem; }
p { margin: 0 0 0.75rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.quiet { color: var(--quiet); }
ul.list { list-style: none; padding: 0; margin: 0 0 1.5rem; }
ul.list li { border-top: 1px solid var(--line); padding: 0.75rem 0; }
ul.list li:last-child { border-bottom: 1px solid var(--line); }
pre { overflow: auto; max-height: 24rem; padding: 0.75rem; border: 1px solid var(--line); border-radius: 4px; font-size: 0.85rem; white-space: pre-wrap; }
.bar { height: 4px; border-radius: 2px; overflow: hidden; background: var(--line); }
.bar span { display: block; width: 30%; height: 100%; background: var(--link); animation: move 1.4s ease-in-out infinite alternate; }
@keyframes move { from { margin-left: 0; } to { margin-left: 70%; } }
@media (prefers-reduced-motion: reduce) { .bar span { animation: none; width: 100%; } }
`;

// Asks for the dashboard's state until there is something else to show.
const STARTING = `
const main = document.querySelector('[data-state]');
let wait = 250;
async function look() {
  try {
    const response = await fetch(main.dataset.state, { cache: 'no-store', redirect: 'manual' });
    const reply = response.ok ? await response.json() : null;
    if (reply && reply.state === 'open') {
      location.replace(reply.url);
      return;
    }
    if (response.status < 500 && !(reply && reply.state === 'starting')) {
      location.reload();
      return;
    }
  } catch {
    // The service is away for a moment: the next look tells.
  }
  wait = Math.min(wait * 1.2, 2000);
  setTimeout(look, wait);
}
setTimeout(look, wait);
`;

const ASSETS: readonly [name: string, type: string, content: string][] = [
  ['pages.css', 'text/css; charset=utf-8', STYLE],
  ['starting.js', 'text/javascript; charset=utf-8', STARTING]
];

/** Style and script of the pages: files, because the pages allow neither inline. */
export function assetRoutes(app: App): void {
  for (const [name, type, content] of ASSETS) {
    app.get(`/assets/${name}`, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .headers({ 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' })
        .type(type)
        .send(content)
    );
  }
}
