import type { ClusterEvent } from '../../contract';
import type { Reason, ServerNews } from '../dashboards/server-news';
import { LATER, SENTENCES } from './cluster-sentences';

/** @returns null: nothing that people who wait for a server have to know */
export function inPlainWords({ reason, message, type, involvedObject }: ClusterEvent): ServerNews | null {
  if (involvedObject.fieldPath?.startsWith('spec.initContainers') && type !== 'Warning') {
    // What is done before the server itself.
    return null;
  }
  const text = message ?? '';
  const news = find(reason, text);
  if (news !== undefined || type !== 'Warning') {
    return news ?? null;
  }
  const sentence = `Kubernetes has a warning about the server: ${reason}.`;
  return { sentence, reason: { message: sentence, fix: LATER, detail: original(reason, text) }, follows: true };
}

/** Why the API of Kubernetes has refused something, where the words of a Spawner hold its answer. */
export function refusalIn(words: string): Reason | null {
  const body = /^HTTP response body: (\{.*\})\s*$/m.exec(words)?.[1];
  const message = body && messageIn(body);
  return message ? (find('refused', message)?.reason ?? null) : null;
}

function messageIn(body: string): string | null {
  try {
    const status = JSON.parse(body) as { message?: unknown };
    return typeof status.message === 'string' ? status.message : null;
  } catch {
    return null;
  }
}

function find(reason: string, text: string): ServerNews | null | undefined {
  for (const { on, when, say, fix, stuck, follows } of SENTENCES) {
    const match = on.includes(reason) ? (when ?? /(?:)/).exec(text) : null;
    if (!match) {
      continue;
    }
    if (say === null) {
      return null;
    }
    const named = match.slice(1).find(group => group !== undefined) ?? '';
    const fill = (sentence: string) => sentence.replaceAll('$1', () => named);
    const sentence = fill(say);
    const [problem, next] = fix === undefined ? (stuck ?? []) : [say, fix];
    return {
      sentence,
      reason: problem && next ? { message: fill(problem), fix: next, detail: original(reason, text) } : null,
      // While a step lasts, what is in its way says more.
      ...((follows ?? (fix === undefined && stuck)) && { follows: true })
    };
  }
  return undefined;
}

function original(reason: string, text: string): string {
  return `Kubernetes: ${reason === 'refused' ? '' : `${reason}: `}${text}`;
}
