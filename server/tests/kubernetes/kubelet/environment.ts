import type { KubernetesApi } from '../api';
import type { ConfigMap, Container, EnvVar, Pod, Secret, Stored } from '../objects';
import { field } from './field';

/** The variables that a container's specification sets, in its order: each may use those before it as `$(NAME)`. */
export async function environmentOf(
  api: KubernetesApi,
  pod: Stored<Pod>,
  container: Container,
  ip: string
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? await referred(api, pod, variable.valueFrom, ip)
      : expanded(variable.value ?? '', env);
    if (value !== undefined) {
      env[variable.name] = value;
    }
  }
  return env;
}

/** `$$` stands for one `$`, and names that nobody has set stay as they are. */
export function expanded(text: string, env: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([\w.-]+)\)/g, (found, name?: string) =>
    name === undefined ? '$' : (env[name] ?? found)
  );
}

async function referred(
  api: KubernetesApi,
  pod: Stored<Pod>,
  { fieldRef, secretKeyRef, configMapKeyRef }: NonNullable<EnvVar['valueFrom']>,
  ip: string
): Promise<string | undefined> {
  const namespace = `/api/v1/namespaces/${pod.metadata.namespace}`;
  if (fieldRef) {
    return field(pod, fieldRef, ip);
  }
  if (secretKeyRef) {
    const { data = {} } = await api.get<Secret>(`${namespace}/secrets/${secretKeyRef.name}`);
    const value = given(data, secretKeyRef);
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
  }
  if (configMapKeyRef) {
    const { data = {} } = await api.get<ConfigMap>(`${namespace}/configmaps/${configMapKeyRef.name}`);
    return given(data, configMapKeyRef);
  }
  throw new Error('the test kubelet does not know where the value of a variable comes from');
}

function given(
  data: Record<string, string>,
  { key, optional }: { key: string; optional?: boolean }
): string | undefined {
  if (data[key] === undefined && !optional) {
    throw new Error(`couldn't find key ${key}`);
  }
  return data[key];
}
