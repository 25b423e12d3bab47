import { fstatSync } from 'node:fs';

import type { Cut, FoundToken } from '../contract';
import { withFile } from '../files/anchor';
import { eachChunk } from '../files/chunks';
import { tokensIn } from '../files/tokens';
import { CutList } from './cut-list';

/** As long may it take: a slow disk is not to keep a plan from counting the rest. */
export const SEARCH_MS = 3_000;

const MIB = 2 ** 20;

const NOTEBOOK = 'ipynb';
const TEXTS = new Set(['cfg', 'ini', 'jl', 'json', 'py', 'qmd', 'r', 'rmd', 'sh', 'toml', 'yaml', 'yml']);

/** One sort of files that are looked through, within bounds in bytes. */
class Share {
  constructor(
    /** Larger ones are not looked through. */
    private readonly each: number,
    private _left: number
  ) {}

  /** Whether a file is within the bounds; if so, it counts. */
  takes(bytes: number): boolean {
    if (bytes === 0 || bytes > this.each || bytes > this._left) {
      return false;
    }
    this._left -= bytes;
    return true;
  }
}

/**
 * Looks for tokens in notebooks and in small files of code and settings. What cannot be read has none: whom it is in the
 * way of says so. It keeps where a token is and of which kind, never the token.
 */
export class TokenSearch {
  /** @param milliseconds - that reading files may take in all */
  constructor(private _milliseconds = SEARCH_MS) {}

  /** Whether a file is to be looked through; if so, it counts towards the bounds. */
  wants(name: string, bytes: number): boolean {
    const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
    const share = extension === NOTEBOOK ? this._notebooks : TEXTS.has(extension) ? this._texts : null;
    return share !== null && this._milliseconds > 0 && share.takes(bytes);
  }

  /** @param parent - the open folder that holds the file as `name`. */
  file(path: string, bytes: number, parent: number, name: string): void {
    if (!this.wants(name, bytes)) {
      return;
    }
    const begin = performance.now();
    const text = textOf(parent, name, bytes);
    if (text !== null) {
      this.text(path, text);
    }
    this._milliseconds -= performance.now() - begin;
  }

  text(path: string, text: string): void {
    const all = tokensIn(text);
    if (all.size === 0) {
      return;
    }
    const [outputs, rest] = parts(path, text);
    const shown = tokensIn(outputs);
    const elsewhere = rest === text ? all : tokensIn(rest);
    shown.forEach(kind => this._found.add({ path, kind, output: true }));
    elsewhere.forEach(kind => this._found.add({ path, kind, output: false }));
  }

  get found(): Cut<FoundToken> {
    return this._found.cut;
  }

  private readonly _found = new CutList<FoundToken>();
  /** Outputs make them large. */
  private readonly _notebooks = new Share(8 * MIB, 64 * MIB);
  /** Large ones are data. However many there are, they leave notebooks what these need. */
  private readonly _texts = new Share(MIB / 2, 32 * MIB);
}

/** What a file says, with each byte as a character: tokens have no others. Null where it cannot be read. */
function textOf(parent: number, name: string, bytes: number): string | null {
  try {
    return withFile(parent, name, file => {
      let text = '';
      if (fstatSync(file).isFile()) {
        eachChunk(file, bytes, chunk => (text += chunk.toString('latin1')));
      }
      return text;
    });
  } catch {
    return null;
  }
}

/** The outputs of a notebook, and the rest of it; of another file all is the rest. */
function parts(path: string, text: string): [outputs: string, rest: string] {
  const notebook = path.toLowerCase().endsWith(`.${NOTEBOOK}`) ? parsed(text) : null;
  if (notebook === null) {
    return ['', text];
  }
  const outputs = notebook.cells.map(cell => (hasOutputs(cell) ? cell.outputs : null));
  const cells = notebook.cells.map(cell => (hasOutputs(cell) ? { ...cell, outputs: null } : cell));
  return [JSON.stringify(outputs), JSON.stringify({ ...notebook, cells })];
}

function parsed(text: string): { cells: unknown[] } | null {
  try {
    const notebook: unknown = JSON.parse(text);
    return typeof notebook === 'object' && notebook !== null && 'cells' in notebook && Array.isArray(notebook.cells)
      ? { ...notebook, cells: notebook.cells }
      : null;
  } catch {
    return null;
  }
}

function hasOutputs(cell: unknown): cell is { outputs: unknown } {
  return typeof cell === 'object' && cell !== null && 'outputs' in cell;
}
