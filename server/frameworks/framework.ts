import type { FrameworkId } from '../contract';

/** The entry of a dashboard that is a whole folder and starts with no file of it. */
export const FOLDER = '.';

/** A file as the author wrote it; `path` is relative to the published folder, `text` its content. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Why a file belongs to a framework. */
export interface Recognition {
  /** One sentence for the person who publishes: `app.py imports streamlit (line 3)`. */
  reason: string;
  /** `certain`: this is what the file is for. `likely`: somebody should look at it. */
  confidence: 'certain' | 'likely';
  /** For `command` alone: a command line that starts the file. */
  command?: string;
}

/** Everything a framework may use to write its command line. */
export interface CommandInput {
  /** Python of the environment, absolute. */
  python: string;
  /** The file to run, relative to `projectDir`; `.` for all of that folder. */
  entry: string;
  /** For a folder of several apps, where the framework `namesApps`: their files, relative to `projectDir`. */
  apps?: readonly string[];
  /** Folder the app is started in, absolute. */
  projectDir: string;
  /** Folder the app may write to, absolute. */
  scratchDir: string;
  host: string;
  port: number;
  /** Path that browsers see the app under, with slashes at both ends. */
  prefix: string;
  /** The author's own command line, for the framework `command`. */
  command: string | null;
}

export interface CommandLine {
  /** Program and arguments; never given to a shell. */
  argv: string[];
  /** Added to the app's environment. */
  env: Record<string, string>;
  /** Added as well, where the administrator sets nothing else. */
  defaults?: Record<string, string>;
}

/**
 * What one framework is: how its files are recognised, how it is started, and how it says that an app failed. Pure:
 * used by the browser and by the runner.
 */
export interface Framework {
  id: FrameworkId;
  title: string;
  /** Python module that has to be importable before a start; null if nothing is required. */
  module: string | null;
  /** What `pip install` calls it. */
  distribution: string | null;
  recognise(file: SourceFile): Recognition | null;
  /**
   * How it is started; null where the runner serves the files itself.
   *
   * @throws CommandInvalid
   */
  command(input: CommandInput): CommandLine | null;
  /** For a folder of several apps, the command line names their files. */
  namesApps?: true;
  /** It reads its files anew for each visitor, so that changes of them need no new start. */
  readsAnew?: true;
  /** Path below the prefix that answers as soon as the app listens, without running any of the author's code. */
  readyPath: string;
  /** The error in an app's log, newest last, that its viewers would meet; null if there is none. */
  failure(log: readonly string[]): AppFailure | null;
}

/** An error of the author's own code. */
export interface AppFailure {
  /** The exception in one line: `ZeroDivisionError: division by zero`. */
  summary: string;
  /** The failing cell or the end of the traceback. */
  detail: string;
}
