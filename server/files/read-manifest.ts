import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

import { ManifestEntry, ManifestSummary, type Manifest } from './manifest';

/** No summary is longer. */
const FIRST_LINE = 4_096;

/** What the manifest in this file begins with, or null if there is none that can be used. Reads nothing else of it. */
export function readSummary(file: string): ManifestSummary | null {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(FIRST_LINE);
      return parseSummary(buffer.toString('utf8', 0, readSync(descriptor, buffer)));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

/** The whole manifest in this file, or null if there is none that can be used. */
export function readManifest(file: string): Manifest | null {
  try {
    const text = readFileSync(file, 'utf8');
    const summary = parseSummary(text);
    const entries = summary && parseEntries(text, text.indexOf('\n') + 1);
    return summary && entries && { summary, entries };
  } catch {
    return null;
  }
}

function parseSummary(text: string): ManifestSummary | null {
  const end = text.indexOf('\n');
  const content: unknown = end < 0 ? null : JSON.parse(text.slice(0, end));
  return Value.Check(ManifestSummary, content) ? content : null;
}

/** Compiled, since there may be a hundred thousand lines: a check that is interpreted takes fifty times as long. */
const compiled = () => Compile(ManifestEntry);
let check: ReturnType<typeof compiled> | undefined;

function parseEntries(text: string, start: number): ManifestEntry[] | null {
  check ??= compiled();
  const entries: ManifestEntry[] = [];
  for (let at = start; at < text.length;) {
    const end = text.indexOf('\n', at);
    const content: unknown = end < 0 ? null : JSON.parse(text.slice(at, end));
    if (!check.Check(content)) {
      return null;
    }
    entries.push(content);
    at = end + 1;
  }
  return entries;
}
