import { publicUrl } from './remote-url';
import { said, type Git } from './run-git';

/** Those that a hub can fetch from: name and address. */
export async function remotesOf(git: Git): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const line of (await said(git, 'remote', '-v')).split('\n')) {
    const [, name, written] = /^([^\t]+)\t(.*) \(fetch\)/.exec(line) ?? [];
    const url = written === undefined ? null : publicUrl(written);
    if (name !== undefined && url !== null) {
      found.set(name, url);
    }
  }
  return found;
}
