import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { build } from 'esbuild';

import { ROOT } from '../../scripts/setup/paths.mjs';
import { FRUGAL, FRUGAL_VARIABLES } from '../frugal.mjs';
import { startProxy } from '../proxy/programs.mjs';
import { startCopier } from '../snapshot/copier.mjs';

/** As many versions are kept unless the Hub's administrator says otherwise. */
const KEPT = 5;

/**
 * Both ends of a push, with a configurable-http-proxy between them and a home each.
 *
 * @param {import('../measure.mjs').Bench} bench
 * @param {string} name a further dashboard, which has nothing yet
 */
export async function startEnds(bench, name) {
  const { installation, data, signal } = bench;
  const js = await bundles(data);
  const env = home => ({
    PATH: process.env.PATH,
    ...FRUGAL_VARIABLES,
    HOME: home,
    NODE_COMPILE_CACHE: join(data, 'cache')
  });
  const dashboard = join(data, name, 'runner', '.dashboards', 'd1');
  const author = join(data, name, 'author');
  [dashboard, author].forEach(folder => mkdirSync(folder, { recursive: true }));
  const receiver = spawn(installation.node, [...FRUGAL, join(js, 'receiver.js'), dashboard], {
    env: env(join(data, name, 'runner')),
    stdio: ['pipe', 'pipe', 'inherit'],
    signal
  });
  receiver.on('error', () => undefined);
  const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await lines.next();
    if (done) {
      throw new Error('The receiver has ended.');
    }
    return JSON.parse(value);
  };
  const { port, path } = await next();
  const replica = join(dashboard, 'replica');
  let copier = null;
  let version = 0;
  const url = `http://127.0.0.1:${await startProxy(bench, port)}${path}`;
  return {
    replica,
    /** @returns {Promise<{ seconds: number, sent: number }>} until what was sent is in its place and on the disk */
    async push(root) {
      const { ticket } = await next();
      const source = { kind: 'files', root, entry: '.', scope: 'folder' };
      const order = { build: 'b1', ticket, source, addresses: [{ url }] };
      const began = performance.now();
      const sender = spawn(installation.node, [...FRUGAL, join(js, 'sender.js')], {
        env: env(author),
        stdio: ['pipe', 'pipe', 'inherit'],
        signal
      });
      sender.on('error', () => undefined);
      let said = '';
      sender.stdout.on('data', part => (said += part));
      sender.stdin.write(`${JSON.stringify(order)}\n`);
      const ended = once(sender, 'exit');
      const failed = ended.then(() => said.includes('"ok":true') || Promise.reject(new Error(`No push: ${said}`)));
      failed.catch(() => undefined);
      const received = next();
      await Promise.race([received, failed.then(() => received)]);
      const seconds = (performance.now() - began) / 1_000;
      await failed;
      return { seconds, sent: (await received).sent };
    },
    /** Makes a version of what has come, as the runner does: they share its files, and a push looks at those they have. */
    async keep() {
      copier ??= await startCopier(data, signal, join(data, name, 'runner'));
      await copier.take('d1', ++version, replica, true);
      if (version > KEPT) {
        await copier.remove('d1', version - KEPT);
      }
    },
    async end() {
      await copier?.end();
      // The proxy ends with the benchmark.
      const ended = once(receiver, 'exit');
      receiver.kill();
      await ended;
    }
  };
}

async function bundles(data) {
  const js = join(data, 'js');
  await build({
    absWorkingDir: ROOT,
    entryPoints: {
      receiver: 'bench/relay/receiver.mjs',
      'receiver-thread': 'server/runner/storage/relay/main.ts',
      sender: 'server/author/push/main.ts'
    },
    outdir: js,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    logLevel: 'error'
  });
  return js;
}

/** A command that rsync takes for ssh: the other end runs here, at the end of a pipe. */
export function localShell(data) {
  const shell = join(data, 'local-shell');
  writeFileSync(shell, '#!/bin/sh\nshift\nexec "$@"\n');
  chmodSync(shell, 0o755);
  return shell;
}
