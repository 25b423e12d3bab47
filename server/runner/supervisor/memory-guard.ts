import type { Problem } from '../../contract';
import { ProblemError } from '../../problem-error';
import { inWords, memoryRoom, type MemoryRoom } from './memory';

/** Judges whether one app more, of the size of the live one, fits into the memory of this server. */
export class MemoryGuard {
  /**
   * @param live - bytes that the live app uses; 0 without one
   * @param room - what limits leave, or null without any
   */
  constructor(
    private readonly live: () => number,
    private readonly room: () => MemoryRoom | null = memoryRoom
  ) {}

  /** The limit in words where it does not fit; null where it does. */
  get shortage(): string | null {
    const room = this.room();
    return room && this.live() > room.free ? inWords(room.limit) : null;
  }

  /** The same, for those who want to see an older version. */
  get problem(): Problem | null {
    const limit = this.shortage;
    if (limit === null) {
      return null;
    }
    const message = `The memory of this dashboard’s server (${limit}) does not hold an older version beside the live one.`;
    const fix = 'Ask its owner to make that version the live one for a while, or to give the dashboard more memory.';
    return new ProblemError('memory_short', message, { fix }).problem;
  }

  /** What a build says that has to stop the live version for its own. */
  static madeRoom(limit: string, live: number, next: number): string {
    return `The memory of this server (${limit}) does not hold two versions at once: version ${live} is stopped while version ${next} starts. Viewers see a page with the progress until then.`;
  }
}
