import { FOCUSABLE } from '../views/focusable';

it.each([
  ['<a href="#">Open</a>', true],
  ['<a>Open</a>', false],
  ['<button>Save</button>', true],
  ['<button disabled>Save</button>', false],
  ['<input>', true],
  ['<select></select>', true],
  ['<textarea></textarea>', true],
  ['<textarea disabled></textarea>', false],
  ['<summary>Log</summary>', true],
  ['<pre tabindex="0"></pre>', true],
  ['<div tabindex="-1"></div>', false]
])('of %s it is %s that the Tab key reaches it', (markup, reached) => {
  document.body.innerHTML = markup;
  expect(document.body.querySelector(FOCUSABLE) !== null).toBe(reached);
});
