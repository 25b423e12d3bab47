import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../setup/paths.mjs';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

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
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const texts = readdirSync(join(ROOT, folder))
    .filter(file => LICENCE_FILE.test(file) && existsSync(join(ROOT, folder, file)))
    .map(file => readFileSync(join(ROOT, folder, file), 'utf8').trim());
  return `${name} ${version}\nLicence: ${license ?? 'see below'}\n\n${texts.join('\n\n')}\n`;
}
