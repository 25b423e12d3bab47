import type { BuildJob, ErrorCode, Place, Source, Strategy } from '../../contract';
import type { EngineBench } from '../../runner/testing/engine-bench';
import type { MakingOrder } from '../../runner/testing/making-process';

/** Where the files of a strategy come from, as the suite of all strategies needs it. */
export interface StrategyWorld {
  /** The strategy that a publish from here has to take. */
  readonly strategy: Strategy;
  /** Changes the author's files, and makes that count: by path, the new text; null for a file that goes away. */
  write(files: Readonly<Record<string, string | null>>): Promise<void>;
  /** What a publish says of where the files are. */
  source(): Promise<{ source: Source; place?: Place }>;
  /** Makes the files unobtainable for good. */
  breakDown(): Promise<void>;
  /** What a process of its own needs to make versions of these files. */
  readonly process: MakingOrder['world'];
  /** Called when one waits at this address for the files of a job. Left out: none does. */
  send?(job: BuildJob, url: string): void;
  /** What a publish fails with after that. */
  readonly broken: ErrorCode;
  close(): Promise<void>;
}

/** Makes a world for the home of an engine. Its files are those of a web page: `index.html` and what it shows. */
export type CreateWorld = (bench: EngineBench) => Promise<StrategyWorld>;
