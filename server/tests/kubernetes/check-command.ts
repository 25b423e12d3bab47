import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KubernetesHub } from './hub';
import type { Product } from './product';

/** A line of what `jupyterhub-dashboards check --json` prints. */
export interface CheckedLine {
  id: string;
  state: 'ok' | 'warning' | 'failed' | 'not_tried';
  sentence: string;
  fix: string | null;
}

export interface Checked {
  code: number | null;
  lines: Map<string, CheckedLine>;
  error: string | null;
}

/** The command, with the token of the administrator `root`, as somebody calls it who reaches the Hub and its proxy. */
export async function startCheck(
  { hub: { hubPython, environment } }: Product,
  hub: KubernetesHub
): Promise<{ process: ChildProcess; ended: Promise<Checked> }> {
  const { body } = await hub.api('POST', 'users/root/tokens', { note: 'check', expires_in: 3_600 });
  const file = join(hub.folder, 'root-token');
  writeFileSync(file, (body as { token: string }).token, { mode: 0o600 });
  const command = ['-m', 'jupyterhub_dashboards.command', 'check', '--json', '--token-file', file];
  const config = ['-f', join(hub.folder, 'jupyterhub_config.py')];
  const started = spawn(hubPython, [...command, ...config], {
    env: { ...environment, PATH: process.env.PATH, HOME: hub.folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let printed = '';
  let said = '';
  started.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  started.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<Checked>((resolve, reject) => {
    started.once('close', code => {
      try {
        const { lines, error } = JSON.parse(printed) as { lines: CheckedLine[]; error: string | null };
        resolve({ code, lines: new Map(lines.map(line => [line.id, line])), error });
      } catch (cause) {
        reject(new Error(`The check ended with ${code}:\n${said}\n${printed}`, { cause }));
      }
    });
  });
  return { process: started, ended };
}
