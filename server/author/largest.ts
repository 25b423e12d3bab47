import type { Plan } from '../contract';

const MOST = 10;

/** Keeps the largest of many files. */
export class Largest {
  see(path: string, bytes: number): void {
    if (this._files.length === MOST && bytes <= (this._files.at(-1)?.bytes ?? 0)) {
      return;
    }
    const behind = this._files.findIndex(file => file.bytes < bytes);
    this._files.splice(behind === -1 ? this._files.length : behind, 0, { path, bytes });
    this._files.length = Math.min(this._files.length, MOST);
  }

  get files(): Plan['largest'] {
    return this._files;
  }

  private readonly _files: Plan['largest'] = [];
}
