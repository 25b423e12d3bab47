import type { Problem } from '../../../contract';
import type { PushMissing, PushOffered } from '../../../contract/relay';
import type { SectionHead } from '../../../relay/frames';
import type { Finished, Received } from './receiver';

/** The receiver as the runner's own thread knows it. All methods reject as those of `Receiver` throw. */
export interface ReceiverPort {
  /** Known before it has looked at what there is. */
  base(): Promise<string | null>;
  take(head: SectionHead, sent: Uint8Array): Promise<Received>;
  missing(offered: PushOffered): Promise<PushMissing & { progress: Received }>;
  finish(): Promise<Finished>;
  /** Ends it; what was received stays. */
  close(): Promise<void>;
}

/** Names of the methods that are called through messages. */
export type ReceiverCall = Exclude<keyof ReceiverPort, 'base' | 'close'>;

/** Of what the thread says by itself before all else: the `base`. */
export const BASE_ID = 0;

/** To the thread. `id` comes back with the answer. */
export interface CallMessage {
  id: number;
  call: ReceiverCall;
  args: unknown[];
}

/** What a thread can say of an error: classes do not come through. */
export type ThreadError =
  | { kind: 'problem'; problem: Problem }
  | { kind: 'out-of-step' }
  | { kind: 'malformed'; message: string }
  | { kind: 'other'; message: string; code: string | undefined };

/** From the thread. */
export type AnswerMessage = { id: number; value: unknown } | { id: number; error: ThreadError };
