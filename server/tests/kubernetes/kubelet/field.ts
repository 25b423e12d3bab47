import type { FieldRef, Pod, Stored } from '../objects';

/** A field of a pod as the downward API has it; `ip` is what the status will say. */
export function field(pod: Stored<Pod>, { fieldPath }: FieldRef, ip = ''): string {
  const { name, namespace = '', uid, labels = {}, annotations = {} } = pod.metadata;
  const [, of, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath) ?? [];
  if (key !== undefined) {
    return (of === 'labels' ? labels : annotations)[key] ?? '';
  }
  const known: Record<string, string> = {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'metadata.uid': uid,
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'status.podIP': ip
  };
  const value = known[fieldPath];
  if (value === undefined) {
    throw new Error(`the test kubelet does not know the field ${fieldPath}`);
  }
  return value;
}
