/** One message of Bokeh's protocol: three texts (header, metadata, content), then its buffers in pairs. */
export interface BokehMessage {
  type: string;
  /** JSON. */
  content: string;
}

/** Puts the frames of a Bokeh WebSocket together. */
export class BokehMessages {
  #texts: string[] = [];
  #buffers = 0;

  /** The message that this frame completes, or null. */
  read(frame: string | ArrayBuffer): BokehMessage | null {
    if (this.#buffers > 0) {
      this.#buffers -= 1;
    } else {
      this.#texts.push(typeof frame === 'string' ? frame : '');
      if (this.#texts.length === 3) {
        this.#buffers = 2 * headerOf(this.#texts[0]).buffers;
      }
    }
    if (this.#texts.length < 3 || this.#buffers > 0) {
      return null;
    }
    const [header, , content = ''] = this.#texts;
    this.#texts = [];
    return { type: headerOf(header).type, content };
  }
}

function headerOf(text = ''): { type: string; buffers: number } {
  const header = JSON.parse(text) as { msgtype?: unknown; num_buffers?: unknown };
  return { type: String(header.msgtype), buffers: Number(header.num_buffers ?? 0) };
}

/** Frames by which a browser asks for the whole document. */
export const PULL_DOCUMENT: readonly string[] = [
  JSON.stringify({ msgid: 'proof', msgtype: 'PULL-DOC-REQ' }),
  '{}',
  '{}'
];

/** How many roots, that is things to show, the document of a `PULL-DOC-REPLY` has. */
export function rootsOf(content: string): number {
  const { doc } = JSON.parse(content) as { doc?: { roots?: unknown } };
  return Array.isArray(doc?.roots) ? doc.roots.length : 0;
}
