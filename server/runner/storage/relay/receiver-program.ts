import path from 'node:path';

/** The bundle that the receiver's thread runs, beside the runner's own. */
export function receiverProgram(): string | URL {
  return path.join(__dirname, 'receiver.js');
}
