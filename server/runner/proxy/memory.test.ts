import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { PREFIX } from '../testing/runner-fixture';
import { Program } from '../testing/program';

const CHUNK = Buffer.alloc(500_000, 1);

function body(size: number): Readable {
  let left = size / CHUNK.length;
  return new Readable({
    highWaterMark: 1_000_000,
    read() {
      this.push(left-- > 0 ? CHUNK : null);
    }
  });
}

describe('large bodies', () => {
  let app: Server;
  let program: Program;
  let uploaded = 0;
  let size = 0;

  beforeAll(async () => {
    app = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (uploaded += chunk.length));
      request.on('end', () => body(size).pipe(response));
    });
    await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve));
    program = new Program(join(__dirname, '..', 'testing', 'proxy-process.ts'));
    program.start([String((app.address() as AddressInfo).port)], {});
  });
  afterAll(async () => {
    await program.stop();
    app.closeAllConnections();
    await new Promise(resolve => app.close(resolve));
  });

  it('pass in both directions without being kept in memory', async () => {
    const { port, cookie } = JSON.parse(await program.line()) as { port: number; cookie: string };
    const rss = async (): Promise<number> => (JSON.parse(await program.ask()) as { rss: number }).rss;
    const transfer = async (bytes: number): Promise<void> => {
      size = bytes;
      uploaded = 0;
      const outgoing = httpRequest({ port, path: `${PREFIX}v/1/`, method: 'POST', headers: { cookie }, agent: false });
      const reply = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve);
        outgoing.on('error', reject);
      });
      body(bytes).pipe(outgoing);
      let downloaded = 0;
      const incoming = await reply;
      incoming.on('data', (chunk: Buffer) => (downloaded += chunk.length));
      await finished(incoming);
      expect([uploaded, downloaded]).toEqual([bytes, bytes]);
    };

    // The first one fills the buffers that are used again and again.
    await transfer(100_000_000);
    // What is kept is kept each time; garbage that is not collected yet, not.
    const growth: number[] = [];
    while (growth.length < 3 && !growth.some(bytes => bytes < 50_000_000)) {
      const before = await rss();
      await transfer(300_000_000);
      growth.push((await rss()) - before);
    }
    expect(Math.min(...growth)).toBeLessThan(50_000_000);
  });
});
