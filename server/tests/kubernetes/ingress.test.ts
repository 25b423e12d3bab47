import { spawn } from 'node:child_process';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { eventually } from '../../service/testing/test-service';
import { freePorts } from '../free-ports';
import { stopProcess } from '../hub';
import { proxyProgram } from '../installation';
import { ask } from '../request';
import { openIngress } from './ingress';

/** One that ends in the middle of its answer. */
function dyingServer(): Promise<Server> {
  const server = createServer(socket => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
    socket.on('error', () => undefined);
  });
  return new Promise(listening => server.listen(0, '127.0.0.1', () => listening(server)));
}

it('cuts off a request that the proxy leaves open, whose server has died in the middle of its answer', async () => {
  const server = await dyingServer();
  const [port = 0, apiPort = 0] = await freePorts(2);
  const proxy = spawn(
    process.execPath,
    [
      ...[proxyProgram(), '--ip=127.0.0.1', `--port=${port}`, '--api-ip=127.0.0.1', `--api-port=${apiPort}`],
      `--default-target=http://127.0.0.1:${(server.address() as AddressInfo).port}`
    ],
    { stdio: 'ignore' }
  );
  const ingress = await openIngress(() => ({ host: '127.0.0.1', port }), { idleMs: 500 });
  try {
    const asked = await eventually(async () => {
      const answer = await ask(`http://127.0.0.1:${ingress.port}/`).catch((error: NodeJS.ErrnoException) => error);
      // Until the proxy listens, nobody answers at all.
      return 'code' in answer && answer.message === 'aborted' && answer;
    });
    expect(asked.code).toBe('ECONNRESET');
  } finally {
    await ingress.close();
    await stopProcess(proxy);
    server.close();
  }
});
