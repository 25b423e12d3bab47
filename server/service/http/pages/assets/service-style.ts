/** What the service's pages have beside the common look: the bar at the top, and the gallery. */
export const SERVICE_STYLE = `
.skip { position: absolute; left: -999rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 2; padding: .75rem 1rem; background: var(--sheet); }
.top {
  display: flex; align-items: center; gap: .25rem 1rem; padding: .375rem clamp(1rem, 3vw, 2rem);
  border-bottom: 1px solid var(--line); background: var(--sheet); font-size: .9375rem;
}
.brand { display: inline-flex; align-items: center; gap: .5rem; min-height: 2.75rem; color: var(--ink); font-weight: 600; text-decoration: none; }
.brand svg { width: 1.25rem; height: 1.25rem; fill: var(--accent); }
.top .hub { display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--quiet); text-decoration: none; }
.top .hub:hover { color: var(--accent); }
.who { margin-left: auto; max-width: 16rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--quiet); }
.sign-out { margin: 0; flex: none; }
.top button { padding: .25rem .75rem; border-color: transparent; background: none; color: var(--accent); }
@media (max-width: 30rem) { .top .hub { display: none; } .who { max-width: 9rem; } }

.gallery { max-width: 80rem; margin: 0 auto; padding: clamp(1rem, 3vw, 2rem); }
.find { display: flex; gap: .5rem; max-width: 34rem; margin: 0 0 1rem; }
.find input {
  flex: 1; min-width: 0; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--field);
  border-radius: .5rem; background: var(--sheet); color: var(--ink); font: inherit;
}
.filters { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.filters a {
  display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 .875rem; border-radius: 1.375rem;
  color: var(--ink); text-decoration: none; font-weight: 500;
}
.filters a:hover { color: var(--accent); }
.filters a[aria-current] { background: var(--accent); color: var(--on-accent); }
.cards {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem;
  margin: 0 0 1.5rem; padding: 0; list-style: none;
}
.card {
  position: relative; display: flex; flex-direction: column; overflow: hidden;
  border: 1px solid var(--line); border-radius: .75rem; background: var(--sheet); box-shadow: var(--shadow);
}
.card .cover { display: block; flex: none; width: 100%; height: 5rem; }
.card .about { display: flex; flex: 1; flex-direction: column; gap: .375rem; padding: .875rem 1rem 1rem; }
.card h2, .card p { margin: 0; }
.card h2 a { color: var(--ink); text-decoration: none; }
.card h2 a::after { content: ""; position: absolute; inset: 0; }
.card:has(h2 a:hover) { border-color: var(--accent); }
.card:has(h2 a:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.card h2 a:hover { color: var(--accent); }
.card h2 a:focus-visible { outline: none; }
.description { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3; color: var(--quiet); }
.facts { margin-top: auto !important; padding-top: .25rem; font-size: .875rem; }
.card .actions { position: relative; margin: .5rem 0 0; }
.card form { margin: 0; }
.card button { min-height: 2.5rem; padding: .25rem .875rem; font-size: .9375rem; }
.pages { display: flex; gap: .75rem; }
.notice {
  margin: 0 0 1rem; padding: .625rem .875rem; border: 1px solid var(--line); border-left: .25rem solid var(--bad);
  border-radius: .5rem; background: var(--sheet);
}
.empty { max-width: 40rem; padding: clamp(1.25rem, 4vw, 2.5rem); border: 1px dashed var(--field); border-radius: 1rem; }
.empty ol { margin: 0 0 1rem; padding-left: 1.25rem; }
.empty > :last-child { margin-bottom: 0; }
`;
