/**
 * The one look of all pages that people see: the service's, and the runner's, to which they come from there. Light and
 * dark, from 320 pixels on, in the fonts of the system.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1c2128; --quiet: #57606a; --paper: #f6f7f9; --sheet: #fff; --line: #d8dce2; --field: #868e99;
  --accent: #1a5fd0; --on-accent: #fff; --good: #1a7f4b; --busy: #1a5fd0; --bad: #b42318; --rest: #57606a;
  --shadow: 0 1px 2px rgb(20 28 40 / 8%), 0 4px 14px rgb(20 28 40 / 6%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaed; --quiet: #a3adb8; --paper: #12151a; --sheet: #1b2027; --line: #323943; --field: #7d8794;
    --accent: #7db3ff; --on-accent: #0d1b30; --good: #5ecf93; --busy: #7db3ff; --bad: #ff9485; --rest: #a3adb8;
    --shadow: none;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 0 0 .5rem; font-size: 1.0625rem; line-height: 1.35; }
h3 { margin: 1.25rem 0 .5rem; font-size: 1rem; line-height: 1.35; }
::placeholder { color: var(--quiet); opacity: 1; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
.quiet { color: var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }

button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: .5rem 1rem;
  border: 1px solid var(--field); border-radius: .5rem; background: var(--sheet); color: var(--ink);
  font: inherit; font-weight: 500; text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { border-color: var(--accent); color: var(--accent); }
button[aria-disabled] { opacity: .6; cursor: default; }
.primary, .primary:hover { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }

.state {
  max-width: 40rem; margin: clamp(1rem, 7vh, 5rem) auto; padding: clamp(1.25rem, 5vw, 2.5rem);
  border: 1px solid var(--line); border-radius: 1rem; background: var(--sheet); box-shadow: var(--shadow);
}
@media (max-width: 42rem) {
  .state { margin: 0 auto; border-width: 1px 0; border-radius: 0; box-shadow: none; }
}
.state .cover {
  display: block; height: 6rem; width: calc(100% + 2 * clamp(1.25rem, 5vw, 2.5rem));
  margin: calc(-1 * clamp(1.25rem, 5vw, 2.5rem)) calc(-1 * clamp(1.25rem, 5vw, 2.5rem)) 1.25rem;
  border-radius: 1rem 1rem 0 0;
}
@media (max-width: 42rem) { .state .cover { border-radius: 0; } }
@media (min-width: 50rem) { .state .cover text { transform: translateX(20px); } }
.state > :last-child { margin-bottom: 0; }
.state .badge { margin-bottom: .5rem; }
.state .message { font-size: 1.0625rem; }
.failed .message { color: var(--bad); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; align-items: center; }
p:empty, pre:empty { display: none; }

.badge { display: inline-flex; align-items: center; gap: .4rem; margin: 0; font-size: .875rem; color: var(--rest); }
.badge::before { content: ""; flex: none; width: .5rem; height: .5rem; border-radius: 50%; background: currentColor; }
.badge.running { color: var(--good); }
.badge.building, .badge.starting { color: var(--busy); }
.badge.failed { color: var(--bad); }
.badge.asleep::before, .badge.off::before, .badge.cancelled::before { background: none; border: 2px solid currentColor; }

.bar { height: .375rem; margin: 1.25rem 0; border-radius: .25rem; overflow: hidden; background: var(--line); }
.bar span { display: block; width: 100%; height: 100%; background: var(--accent); }

.steps { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1.25rem 0; padding: 0; list-style: none; font-size: .9375rem; }
.steps li { padding: .125rem .75rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--quiet); }
.steps li.done { color: var(--ink); }
.steps li.done::before { content: "\\2713\\00a0"; }
.steps li.current { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 500; }
.failed .steps:not(:has(.current)) { display: none; }
.failed .steps li.current { border-color: var(--bad); background: var(--sheet); color: var(--bad); }

.log {
  max-height: 50vh; overflow: auto; margin: 1rem 0; padding: .75rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--paper); font: .8125rem/1.5 ui-monospace, "SFMono-Regular", Menlo, monospace;
  white-space: pre-wrap;
}
@media (prefers-reduced-motion: no-preference) {
  .bar span { width: 35%; animation: slide 1.4s ease-in-out infinite alternate; }
  .under-way .steps li.current { animation: pulse 1.6s ease-in-out infinite; }
}
@keyframes slide { from { margin-left: 0; } to { margin-left: 65%; } }
@keyframes pulse { 50% { box-shadow: 0 0 0 .2rem var(--line); } }
@media (forced-colors: active) { .badge::before { forced-color-adjust: none; } }
`;
