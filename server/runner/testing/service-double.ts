import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Heartbeat, RunnerEvent, RunnerState, TicketClaims } from '../../contract';

const EMPTY: RunnerState = { revision: 1, live: null, job: null, kept: [] };

/** Plays the service towards a runner, over real HTTP. */
export class ServiceDouble {
  readonly heartbeats: Heartbeat[] = [];
  readonly posts: { path: string; authorization: string | undefined; body: unknown }[] = [];
  readonly ticketKey: string;
  /** Ids that heartbeats are told have ended. */
  ended: string[] = [];
  /** Status for everything while the service is "away". */
  away: number | null = null;
  readonly #key: KeyObject;
  readonly #streams = new Set<ServerResponse>();
  #server: Server | null = null;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#key = privateKey;
    this.ticketKey = publicKey.export({ format: 'jwk' }).x as string;
  }

  async listen(): Promise<string> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/dashboards/`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  send(event: RunnerEvent): void {
    this.#streams.forEach(stream => stream.write(`data: ${JSON.stringify(event)}\n\n`));
  }

  breakStreams(): void {
    this.#streams.forEach(stream => stream.destroy());
  }

  sign(claims: TicketClaims): string {
    return this.signText(JSON.stringify(claims));
  }

  signText(text: string): string {
    const content = Buffer.from(text).toString('base64url');
    return `${content}.${sign(null, Buffer.from(content), this.#key).toString('base64url')}`;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>(resolve => (this.#server === null ? resolve() : this.#server.close(() => resolve())));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.away !== null) {
      response.writeHead(this.away).end();
      return;
    }
    const path = (request.url ?? '').replace('/services/dashboards/', '');
    if (path.startsWith('runner/events')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ kind: 'state', state: EMPTY })}\n\n`);
      this.#streams.add(response);
      response.once('close', () => this.#streams.delete(response));
      return;
    }
    let text = '';
    for await (const chunk of request) {
      text += String(chunk);
    }
    const body: unknown = JSON.parse(text);
    this.posts.push({ path, authorization: request.headers.authorization, body });
    response.writeHead(200, { 'Content-Type': 'application/json' });
    if (path === 'runner/heartbeat') {
      this.heartbeats.push(body as Heartbeat);
      response.end(JSON.stringify({ ended: this.ended }));
    } else {
      response.end(JSON.stringify(path.endsWith('/result') ? EMPTY : { cancelled: false }));
    }
  }
}
