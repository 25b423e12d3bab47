import type { Framework, Recognition, SourceFile } from './framework';
import { fileName } from './python-source';

/** Web pages as they are, served by the runner itself. */
export const staticFiles: Framework = {
  id: 'static',
  title: 'Static HTML',
  module: null,
  distribution: null,
  recognise,
  command: () => null,
  readsAnew: true,
  readyPath: '',
  failure: () => null
};

function recognise(file: SourceFile): Recognition | null {
  return /\.html?$/i.test(file.path) ? { reason: `${fileName(file.path)} is a web page`, confidence: 'certain' } : null;
}
