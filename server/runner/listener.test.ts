import { call } from './testing/http-call';
import { listen } from './listener';

describe('the listener', () => {
  it('holds early requests until it is known how to answer them', async () => {
    const listener = await listen({ host: '127.0.0.1', port: 0 });
    const early = call(listener.port, '/early');
    let answered = false;
    void early.then(() => (answered = true));
    await new Promise(resolve => setImmediate(resolve));
    expect(answered).toBe(false);
    listener.serve({
      request: (request, response) => void response.end(request.url),
      upgrade: (_request, socket) => void socket.destroy()
    });
    expect((await early).body).toBe('/early');
    expect((await call(listener.port, '/late')).body).toBe('/late');
    await listener.close();
  });

  it('close ends requests under way', async () => {
    const listener = await listen({ host: '127.0.0.1', port: 0 });
    listener.serve({ request: (_request, response) => void response.write('open'), upgrade: () => {} });
    const failed = expect(call(listener.port, '/')).rejects.toThrow();
    await new Promise(resolve => setTimeout(resolve, 20));
    await listener.close();
    await failed;
  });

  it('rejects an address that is taken', async () => {
    const listener = await listen({ host: '127.0.0.1', port: 0 });
    await expect(listen({ host: '127.0.0.1', port: listener.port })).rejects.toThrow(/EADDRINUSE/);
    await listener.close();
  });
});
