import type { FrameworkAdditions, FrameworkId } from '../contract';
import type { CommandLine } from './framework';

/**
 * A command line with what the hub's administrator adds to those of this framework. Arguments come after ours, and so
 * win over them, but before `--`, behind which they would be the app's; variables replace defaults, and never what a
 * start needs.
 */
export function withAdditions(id: FrameworkId, line: CommandLine, additions?: FrameworkAdditions): CommandLine {
  const { args = [], env = {} } = additions?.[id] ?? {};
  const end = line.argv.indexOf('--');
  const at = end < 0 ? line.argv.length : end;
  return {
    argv: [...line.argv.slice(0, at), ...args, ...line.argv.slice(at)],
    env: { ...line.defaults, ...env, ...line.env }
  };
}
