import WebSocket from 'ws';

import type { AuthorLab } from '../author-lab';
import type { TestHub } from '../hub';

const SAID = /ended:(\d+):/;
const PATIENCE_MS = 150_000;

/** What a command has printed to a terminal, and its exit code. */
export interface TerminalOutput {
  code: number;
  text: string;
}

/** Types a command into a terminal of an author's JupyterLab, and waits until it has ended. */
export async function inTerminal(hub: TestHub, lab: AuthorLab, user: string, command: string): Promise<TerminalOutput> {
  const { name } = JSON.parse(await lab.ask('POST', 'api/terminals', {})) as { name: string };
  const url = `${hub.url.replace('http', 'ws')}user/${user}/terminals/websocket/${name}`;
  const socket = new WebSocket(url, { headers: { authorization: `token ${lab.token}` } });
  try {
    return await new Promise<TerminalOutput>((resolve, reject) => {
      let text = '';
      const impatience = setTimeout(() => reject(new Error(`the command has not ended:\n${text}`)), PATIENCE_MS);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error(`the terminal was closed:\n${text}`)));
      socket.on('message', (data: Buffer) => {
        const [kind, part] = JSON.parse(data.toString()) as [string, string];
        if (kind === 'setup') {
          // What is typed comes back, and is not to look like the end.
          socket.send(JSON.stringify(['stdin', `${command}; printf 'ended:%s:' "$?"\r`]));
          return;
        }
        text += kind === 'stdout' ? part : '';
        const end = SAID.exec(text);
        if (end) {
          clearTimeout(impatience);
          resolve({ code: Number(end[1]), text });
        }
      });
    });
  } finally {
    socket.removeAllListeners('close');
    socket.close();
    await lab.ask('DELETE', `api/terminals/${name}`);
  }
}
