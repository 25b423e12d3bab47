/** Style of the runner's pages: one column, the browser's own fonts, light and dark. */
export const STYLES = `
:root { color-scheme: light dark; --text: #1f2328; --muted: #59636e; --back: #fff; --panel: #f3f4f6; --accent: #1f6feb; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --muted: #9aa4af; --back: #15181c; --panel: #1f242a; --accent: #6ea8ff; --bad: #ff8f80; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: clamp(1rem, 6vw, 4rem) 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.75rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0 0 0.75rem; overflow-wrap: anywhere; }
p:empty, pre:empty { display: none; }
.failed .message { color: var(--bad); font-weight: 600; }
#steps { list-style: none; margin: 1.25rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.5rem; }
#steps li { padding: 0.25rem 0.75rem; border-radius: 1rem; background: var(--panel); color: var(--muted); }
#steps li.done::before { content: "\\2713\\00a0"; }
#steps li.done { color: var(--text); }
#steps li.current { color: var(--back); background: var(--accent); }
.failed #steps li.current { background: var(--bad); }
@media (prefers-reduced-motion: no-preference) {
  .under-way #steps li.current { animation: pulse 1.4s ease-in-out infinite; }
}
@keyframes pulse { 50% { opacity: 0.6; } }
.log { max-height: 50vh; overflow: auto; margin: 0; padding: 0.75rem; border-radius: 0.5rem; background: var(--panel);
  font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.action { color: var(--accent); }
`;
