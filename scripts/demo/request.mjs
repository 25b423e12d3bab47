import { request as httpRequest } from 'node:http';

/**
 * One HTTP request, with exactly the headers that are given (fetch would set its own Sec-Fetch-Mode) and no redirects.
 *
 * @param {URL} url
 * @param {{ method?: string, headers?: Record<string, string>, body?: string | URLSearchParams, signal?: AbortSignal }} init
 * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }>}
 */
export function request(url, { method = 'GET', headers = {}, body, signal }) {
  return new Promise((resolve, reject) => {
    const form = body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const content = body === undefined ? undefined : String(body);
    const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
    const outgoing = httpRequest(url, { method, headers: { ...form, ...length, ...headers }, signal }, incoming => {
      const chunks = [];
      incoming.on('data', chunk => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8')
        })
      );
    });
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}
