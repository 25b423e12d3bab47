import type { FrameworkId } from '../contract';

import { FRAMEWORKS } from './catalogue';
import type { Recognition, SourceFile } from './framework';

export interface Detection extends Recognition {
  framework: FrameworkId;
}

/** What a file is, judged by its content; null if a person has to say. */
export function detect(file: SourceFile): Detection | null {
  for (const framework of FRAMEWORKS) {
    const recognition = framework.recognise(file);
    if (recognition) {
      return { framework: framework.id, ...recognition };
    }
  }
  return null;
}

/** Names of the file that a folder is usually started with, the surest first. */
const ENTRIES = ['index.ipynb', 'app.ipynb', 'dashboard.ipynb', 'app.py', 'streamlit_app.py', 'main.py'];

/**
 * The file to start a folder with, judged by the names of its files; null if a person has to say.
 *
 * @param names - of the files directly in the folder.
 */
export function detectFolder(names: readonly string[]): string | null {
  const usual = ENTRIES.find(name => names.includes(name));
  if (usual) {
    return usual;
  }
  for (const extension of ['.ipynb', '.py']) {
    const found = names.filter(name => name.toLowerCase().endsWith(extension) && !name.startsWith('.'));
    if (found.length > 0) {
      return found.length === 1 ? (found[0] ?? null) : null;
    }
  }
  return null;
}
