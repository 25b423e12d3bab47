import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** A reply, read to its end. */
export interface CallReply {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
}

export interface CallOptions {
  method?: string;
  headers?: Record<string, string | string[] | undefined>;
  body?: string | Buffer;
}

/** One request on a connection of its own; follows no redirects and changes nothing about `path`. */
export function call(port: number, path: string, { method, headers, body }: CallOptions = {}): Promise<CallReply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, method: method ?? 'GET', headers, agent: false },
      reply => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () =>
          resolve({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            rawHeaders: reply.rawHeaders,
            body: Buffer.concat(chunks).toString()
          })
        );
      }
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends `text` as it is and reads until the other side closes. */
export function callRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.setTimeout(2_000, () => socket.destroy());
  });
}
