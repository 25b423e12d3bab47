import { answer } from './answer';
import { firstLine } from './first-line';

/**
 * What has to be done where the author's files are, for a page of their own Lab: its server starts this program for one
 * request, writes that in one line, and closes the pipe when the answer is not wanted any more.
 */
async function main(): Promise<void> {
  const request = await firstLine(process.stdin);
  // What has been started for it, as git, is of the same group of processes, which its server ends.
  process.stdin.once('end', () => process.exit(1));
  const reply = await answer(request);
  process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.stdin.destroy());
}

void main();
