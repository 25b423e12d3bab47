import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../setup/paths.mjs';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/**
 * Names, licences and licence texts of the npm packages that bundled files come from.
 *
 * @param {string[]} inputs bundled files, relative to the checkout
 * @returns {string}
 */
export function licences(inputs) {
  const folders = new Set(inputs.map(packageFolder).filter(folder => folder !== null));
  return [...folders]
    .sort()
    .map(describe)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match ? match[1] : null;
}

function describe(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const texts = readdirSync(join(ROOT, folder))
    .filter(file => LICENCE_FILE.test(file) && existsSync(join(ROOT, folder, file)))
    .map(file => readFileSync(join(ROOT, folder, file), 'utf8').trim());
  if (texts.length === 0) {
    texts.push(standardText(name, license, author));
  }
  return `${name} ${version}\nLicence: ${license ?? 'see below'}\n\n${texts.join('\n\n')}\n`;
}

/** For packages that name their licence and bring no text of it. */
function standardText(name, license, author) {
  if (license !== 'MIT' || !author) {
    throw new Error(`${name} (${license}) brings no text of its licence: add it in scripts/build/licences.mjs.`);
  }
  return `Copyright (c) ${author.name ?? author}\n\n${MIT}`;
}
