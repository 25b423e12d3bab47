import { ApiError, type KubernetesApi } from '../api';
import { now, type Event, type KubernetesObject, type Stored } from '../objects';

/** Records an event of a pod or a claim, for whoever asks what becomes of it. */
export async function recordEvent(
  api: KubernetesApi,
  kind: 'Pod' | 'PersistentVolumeClaim',
  about: Stored<KubernetesObject>,
  { type, reason, message }: Pick<Event, 'type' | 'reason' | 'message'>
): Promise<void> {
  const { name, namespace, uid } = about.metadata;
  const at = now();
  const event: Omit<Event, 'metadata'> & { metadata: object } = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind, namespace, name, uid },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component: kind === 'Pod' ? 'kubelet' : 'csi-provisioner' }
  };
  try {
    await api.ask('POST', `/api/v1/namespaces/${namespace}/events`, JSON.stringify(event));
  } catch (error) {
    // A namespace that is being deleted takes none.
    if (!(error instanceof ApiError)) {
      throw error;
    }
  }
}
