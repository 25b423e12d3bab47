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
