import type { Readable } from 'node:stream';

/** The first line of a stream, or all of it where that has no end; what follows is read and dropped. */
export function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      if (!text.includes('\n')) {
        text += part;
      }
      if (text.includes('\n')) {
        resolve(text.slice(0, text.indexOf('\n')));
      }
    });
    stream.once('end', () => resolve(text));
    stream.once('error', reject);
  });
}
