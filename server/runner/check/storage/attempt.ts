import type { CheckLine } from '../../../contract';
import { systemCode } from '../../../problem-error';

/** Where is tried what storage can do. All three are there when an attempt begins, and are removed afterwards. */
export interface Ground {
  home: string;
  /** Folder of versions: `~/.dashboards`. */
  store: string;
  /** Of the attempts' own, beside authors' projects: below the home folder. */
  work: string;
  /** Of the attempts' own, where versions are made: below the store. */
  made: string;
}

export interface Result extends Pick<CheckLine, 'state' | 'sentence' | 'fix'> {
  /** Whether versions can be made with it; what is right may also be that they are made without. */
  works: boolean;
}

/** One thing that storage has to do. What it throws is a failure. */
export interface Attempt {
  id: string;
  /** What the sentence about an error that was not foreseen begins with. */
  what: string;
  /** What helps against such an error. */
  fix: string;
  /** @param before - what came of the attempts before. */
  tries(ground: Ground, before: ReadonlyMap<string, Result>, signal: AbortSignal): Promise<Result>;
}

export function ok(sentence: string, works = true): Result {
  return { state: 'ok', sentence, fix: null, works };
}

export function warning(sentence: string, fix: string): Result {
  return { state: 'warning', sentence, fix, works: false };
}

export function failed(sentence: string, fix: string): Result {
  return { state: 'failed', sentence, fix, works: false };
}

export function notTried(because: string): Result {
  return { state: 'not_tried', sentence: `Not tried: ${because}.`, fix: null, works: false };
}

/** A short reason for people who know systems: `EROFS`, or the first line of what was said. */
export function reason(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
