import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { PushOutcome } from '../../contract';
import { createCertificate } from '../../runner/testing/certificate';
import { Program } from '../../runner/testing/program';
import { PUSH_PATH, startPushBench, type PushBench } from '../../runner/testing/push-bench';

let base: string;
let bench: PushBench;
let server: Server;
let certificate: string;
let sender: Program;

beforeEach(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'https-'));
  mkdirSync(path.join(base, 'project'));
  writeFileSync(path.join(base, 'project', 'app.py'), 'print(1)');
  bench = await startPushBench(path.join(base, 'd1'));
  sender = new Program(path.join(__dirname, 'main.ts'));
});
afterEach(async () => {
  await sender.stop();
  server.close();
  server.closeAllConnections();
  await bench.close();
  rmSync(base, { recursive: true });
});

/** A proxy that speaks HTTPS, with a certificate for these names. @returns the address of pushes there */
async function listen(names: readonly string[]): Promise<string> {
  const files = createCertificate(base, names);
  certificate = files.certificate;
  const keys = { key: readFileSync(files.key), cert: readFileSync(certificate) };
  server = createServer(keys, (request, response) => bench.server.emit('request', request, response));
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}${PUSH_PATH}`;
}

/** Sends the project by a program of its own, as Lab does: which certificates it trusts is decided at its start. */
async function send(url: string, environment: NodeJS.ProcessEnv = {}): Promise<PushOutcome> {
  const { PATH } = process.env;
  const child = sender.start([], { PATH, HOME: base, ...environment });
  const source = { kind: 'files', root: '~/project', entry: '.', scope: 'folder' };
  const order = { build: 'b1', ticket: bench.signer.ticket(), source, addresses: [{ url }] };
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  return JSON.parse(await sender.line()) as PushOutcome;
}

describe('a project that is sent by HTTPS', () => {
  it('arrives where the certificate is trusted', async () => {
    const url = await listen(['IP:127.0.0.1']);
    const awaited = bench.await();
    expect(await send(url, { NODE_EXTRA_CA_CERTS: certificate })).toEqual({ ok: true, problem: null });
    await awaited;
    expect(readFileSync(path.join(base, 'd1', 'replica', 'app.py'), 'utf8')).toBe('print(1)');
  });

  it.each([
    ['is not trusted', ['IP:127.0.0.1'], () => ({}), 'self-signed certificate'],
    [
      'is of another server',
      ['DNS:elsewhere.test'],
      () => ({ NODE_EXTRA_CA_CERTS: certificate }),
      "IP: 127.0.0.1 is not in the cert's list"
    ]
  ])('is not where it %s, which is said at once', async (_, names, environment, detail) => {
    const url = await listen(names);
    const { ok, problem } = await send(url, environment());
    expect([ok, problem?.code]).toEqual([false, 'relay_unreachable']);
    expect(problem?.fix).toContain('NODE_EXTRA_CA_CERTS');
    expect(problem?.detail).toMatch(`${url}: `);
    expect(problem?.detail).toContain(detail);
  });
});
