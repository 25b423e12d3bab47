import { ServiceError } from '../errors';
import type { KubernetesClient, Patience } from './cluster/client';
import { Refused } from './cluster/failures';
import { EVENTS, type Event } from './cluster/objects';
import { failed, sourceGone, unsupported } from './failures';

/** What the cluster's programs say about a claim or a snapshot. */
export interface Reasons {
  /** The last thing that went wrong; null: nothing yet. */
  last: string | null;
  /** It waits for a pod to use it. */
  waitsForPod: boolean;
}

/** Asks for the events of an object. Without the right to, nothing is known of it, and all else goes on. */
export async function reasonsOf(client: KubernetesClient, uid: string, patience: Patience): Promise<Reasons> {
  let events: Event[];
  try {
    events = await client.list(EVENTS, { fields: `involvedObject.uid=${uid}` }, patience);
  } catch (error) {
    if (error instanceof Refused || (error instanceof ServiceError && error.code === 'kubernetes_forbidden')) {
      return { last: null, waitsForPod: false };
    }
    throw error;
  }
  const inOrder = events.toSorted((one, other) => timeOf(one).localeCompare(timeOf(other)));
  const bad = inOrder.findLast(({ type, reason }) => type === 'Warning' || reason === 'FailedBinding');
  return {
    last: bad ? `${bad.reason ?? ''}: ${bad.message ?? ''}` : null,
    waitsForPod: inOrder.at(-1)?.reason === 'WaitForFirstConsumer'
  };
}

function timeOf({ lastTimestamp, eventTime }: Event): string {
  return lastTimestamp ?? eventTime ?? '';
}

/** What is certain not to change while one waits, in the provisioners' words; all others try again by themselves. */
const FINAL: [pattern: RegExp, error: (claim: string, reason: string) => ServiceError][] = [
  [
    /does not support clone/i,
    (claim, reason) => unsupported(`The storage that the volume ${claim} is on cannot clone volumes.`, reason)
  ],
  [
    /not bound or invalid|storageclass cannot be empty|no storage class is set|Only CSI plugin/i,
    (claim, reason) => unsupported(`The volume ${claim} is of a kind that cannot be cloned.`, reason)
  ],
  [
    /storageclass\S* "[^"]*" not found/i,
    (claim, reason) => unsupported(`The storage class of the volume ${claim} is not there any more.`, reason)
  ],
  [
    /greater than or equal in size/i,
    (claim, reason) => failed(`The volume ${claim} has become larger while it was cloned.`, 'Publish again.', reason)
  ],
  [/error getting PVC|PVC DataSource \S+ is currently being deleted/i, claim => sourceGone(claim)]
];

/** The error that a reason stands for, where waiting is of no use. */
export function finalError(claim: string, reason: string): ServiceError | null {
  return FINAL.find(([pattern]) => pattern.test(reason))?.[1](claim, reason) ?? null;
}
