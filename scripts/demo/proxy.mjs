import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/**
 * Starts configurable-http-proxy as a program of its own, as where the Hub does not start it. Until there is a Hub, and
 * while that is away, it answers what is for the Hub with 503.
 *
 * @param {{ data: string, port: number, hubPort: number, proxyApiPort: number, baseUrl: string, proxyCommand: string[],
 *   proxyToken: string }} demo
 * @param {string} log file that its output is added to
 */
export function startProxy({ data, port, hubPort, proxyApiPort, baseUrl, proxyCommand, proxyToken }, log) {
  const [program, ...args] = proxyCommand;
  const listen = ['--ip', '127.0.0.1', '--port', port, '--api-ip', '127.0.0.1', '--api-port', proxyApiPort];
  const hub = ['--error-target', `http://127.0.0.1:${hubPort}${baseUrl}hub/error`];
  const file = openSync(log, 'a');
  const child = spawn(program, [...args, ...listen, ...hub].map(String), {
    cwd: data,
    detached: true,
    stdio: ['ignore', file, file],
    // By the name of the data in its environment it is found when everything ends.
    env: { ...process.env, CONFIGPROXY_AUTH_TOKEN: proxyToken, DASHBOARDS_DATA: data }
  });
  closeSync(file);
  return child;
}
