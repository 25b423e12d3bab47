import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from 'typebox';

import { bodyOf } from '../testing/runner-fixture';
import { ServiceClient, type ServiceError } from './service-client';

describe('the service client', () => {
  let server: Server;
  let answer: RequestListener;
  let client: ServiceClient;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    client = new ServiceClient(`${url}services/dashboards/`, 'secret-token');
  });
  afterAll(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  const post = (): Promise<unknown> => client.post('x', { a: 1 }, Type.Object({ b: Type.Integer() }));
  const failure = (): Promise<ServiceError> =>
    post().then(
      () => Promise.reject(new Error('accepted')),
      error => error
    );

  it("posts with the server's own token and checks the reply", async () => {
    answer = (request, response) =>
      void bodyOf(request).then(body => {
        expect([request.url, request.headers.authorization, body]).toEqual([
          '/services/dashboards/x',
          'token secret-token',
          '{"a":1}'
        ]);
        response.end('{"b":2}');
      });
    expect(await post()).toEqual({ b: 2 });
    answer = (_request, response) => response.end('{"b":"two"}');
    expect(await failure()).toMatchObject({ status: 502, passing: true });
  });

  it('never follows a redirect, which would take the token elsewhere', async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.url);
      response.writeHead(302, { Location: `${url}elsewhere` }).end();
    };
    expect(await failure()).toMatchObject({ status: 302, passing: true });
    expect(seen).toEqual(['/services/dashboards/x']);
  });

  it('knows which failures pass', async () => {
    answer = (_request, response) => response.writeHead(409).end('{"error":{"code":"state_conflict"}}');
    expect(await failure()).toMatchObject({ status: 409, passing: false });
    // A proxy in whose table the service is missing for the moment: not the service's word.
    for (const body of ['<h1>404 : Not Found</h1>', '{"status":404,"message":"Not Found"}']) {
      answer = (_request, response) => response.writeHead(404).end(body);
      expect(await failure()).toMatchObject({ status: 404, passing: true });
    }
    for (const body of ['<h1>Request Entity Too Large</h1>', '{"error":{"code":"invalid_request"}}']) {
      answer = (_request, response) => response.writeHead(413).end(body);
      expect(await failure()).toMatchObject({ status: 413, passing: false });
    }
    answer = (_request, response) => response.writeHead(503).end();
    expect(await failure()).toMatchObject({ status: 503, passing: true });
    answer = (_request, response) => response.destroy();
    const error = await failure();
    expect(error).toMatchObject({ status: null, passing: true });
    expect(`${error.message} ${error.stack}`).not.toContain('secret-token');
  });
});
