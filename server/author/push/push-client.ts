import * as http from 'node:http';

import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { ErrorReply, type Problem } from '../../contract/errors';
import type { PushAddress } from '../../contract/relay';
import { systemCode } from '../../problem-error';

/** Nothing was heard for so long: the connection is dead. Putting files in their place may take its time. */
const SILENCE_MS = 120_000;
const LONGEST_REPLY = 256 * 2 ** 20;

/** No answer of the dashboard's server: it may come by trying again. */
export class NoAnswer extends Error {}

/** Something answers that cannot show that it is who it is called: trying again does not help. */
export class Untrusted extends NoAnswer {}

/** The dashboard's server, or something on the way to it, said no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** Null where it was not the dashboard's server that answered. */
    readonly problem: Problem | null
  ) {
    super(problem?.message ?? `status ${status}`);
  }
}

export interface PushClientOptions {
  address: PushAddress;
  ticket: string;
  sender: string;
  signal: AbortSignal;
}

/** Calls the dashboard's server at one address. Redirects are not followed: they would take the ticket along. */
export class PushClient {
  /** Bytes of bodies that were sent. */
  sent = 0;
  #agent: http.Agent | null = null;

  constructor(private readonly options: PushClientOptions) {}

  /** @throws NoAnswer, Refused */
  async call<S extends TSchema>(schema: S, call: string, body: Buffer[] | object = {}): Promise<Static<S>> {
    const parts = Array.isArray(body) ? body : [Buffer.from(JSON.stringify(body))];
    const type = Array.isArray(body) ? 'application/octet-stream' : 'application/json';
    const { status, text } = await this.#send(call, type, parts);
    const reply = parsed(text);
    if (status !== 200) {
      throw new Refused(status, Value.Check(ErrorReply, reply) ? reply.error : null);
    }
    if (!Value.Check(schema, reply)) {
      throw new Refused(status, null);
    }
    return reply;
  }

  close(): void {
    this.#agent?.destroy();
  }

  async #send(call: string, type: string, parts: Buffer[]): Promise<{ status: number; text: string }> {
    const { address, ticket, sender, signal } = this.options;
    const url = new URL(`${call}?sender=${sender}`, address.url);
    // What HTTPS needs takes as long to load as half of this program, and mostly nobody asks for it.
    const { Agent, request } = url.protocol === 'https:' ? await import('node:https') : http;
    this.#agent ??= new Agent({ keepAlive: true, maxSockets: 1 });
    const agent = this.#agent;
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(signal.aborted ? error : noAnswer(error));
      const sending = request(url, {
        method: 'POST',
        agent,
        signal,
        timeout: SILENCE_MS,
        headers: {
          ...(address.host !== undefined && { Host: address.host }),
          Authorization: `Bearer ${ticket}`,
          'Content-Type': type,
          'Content-Length': parts.reduce((sum, part) => sum + part.length, 0)
        }
      });
      sending.on('timeout', () => sending.destroy(new Error(`nothing was heard for ${SILENCE_MS / 1_000} s`)));
      sending.on('error', failed);
      sending.on('response', response => {
        // What is refused is not sent to its end.
        readText(response).then(text => resolve({ status: response.statusCode ?? 0, text }), failed);
      });
      for (const part of parts) {
        this.sent += part.length;
        sending.write(part);
      }
      sending.end();
    });
  }
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_REPLY) {
      throw new Error('the answer has no end');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What OpenSSL and Node call the ways in which a certificate is not what it should be. */
const CERTIFICATE = /CERT|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/;

function noAnswer(error: Error): NoAnswer {
  // Of several addresses of one name, each has its own error.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const { message } = first instanceof Error ? first : error;
  const untrusted = CERTIFICATE.test(systemCode(error) ?? '');
  return untrusted ? new Untrusted(message, { cause: error }) : new NoAnswer(message, { cause: error });
}
