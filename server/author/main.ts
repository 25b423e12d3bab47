import { answer } from './answer';
import { firstLine } from './first-line';

/**
 * What has to be done where the author's files are, for a page of their own Lab: its server starts this program for one
 * request, writes that in one line, and closes the pipe when the answer is not wanted any more.
 */
async function main(): Promise<void> {
  const request = await firstLine(process.stdin);
  const unwanted = new AbortController();
  process.stdin.once('close', () => unwanted.abort());
  const reply = await answer(request, unwanted.signal);
  process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.stdin.destroy());
}

void main();
