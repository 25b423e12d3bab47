import { request } from 'node:http';

import type { Visitor } from './visitor';

/** Somebody who has opened what goes on for as long as they stay, such as a stream of events, and does nothing else. */
export interface Follower {
  leave(): void;
}

/** Opens something that goes on, in a tab of a visitor who has been let in there. */
export function follow(visitor: Visitor, address: string): Promise<Follower> {
  const target = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: target.port,
      path: target.pathname,
      headers: { host: target.host, cookie: visitor.cookieHeader(target) }
    });
    sent.once('error', reject);
    sent.once('response', response => {
      if (response.statusCode !== 200) {
        reject(new Error(`${address} answered with ${response.statusCode}`));
      }
      response.resume();
      response.on('error', () => undefined);
      resolve({ leave: () => void response.destroy() });
    });
    sent.end();
  });
}

/** An app that answers with a text, and goes on with its answer for ever below `/stream`. */
export function streamingApp(text: string): string {
  return `
import http.server, os, time
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(${JSON.stringify(text)}.encode())
        self.wfile.flush()
        if self.path.endswith("/stream"):
            time.sleep(3600)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
`;
}
