import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

import type { Manifest, ManifestEntry, ManifestSummary } from './manifest';

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
  return isSummary(content) ? content : null;
}

function parseEntries(text: string, start: number): ManifestEntry[] | null {
  const entries: ManifestEntry[] = [];
  for (let at = start; at < text.length;) {
    const end = text.indexOf('\n', at);
    const entry = end < 0 ? null : entryOfLine(text.slice(at, end));
    if (entry === null) {
      return null;
    }
    entries.push(entry);
    at = end + 1;
  }
  return entries;
}

/** What a line after the first says, or null if it is no entry. @throws SyntaxError where it is not JSON */
export function entryOfLine(line: string): ManifestEntry | null {
  const content: unknown = JSON.parse(line);
  return isEntry(content) ? content : null;
}

// Checked by hand. The copier's thread is started for each version: a library for this would take longer to load than most
// folders take to be copied, and twenty times as long as parsing to check the lines of a large one.

const NANOSECONDS = /^-?\d+$/;
const DIGITS = /^\d+$/;
const SHA256 = /^[0-9a-f]{64}$/;

function isSummary(value: unknown): value is ManifestSummary {
  const { format, version, startedAt, hash, files, bytes } = fields(value);
  return (
    format === 2 &&
    isCount(version) &&
    Number.isFinite(startedAt) &&
    typeof hash === 'string' &&
    isCount(files) &&
    isCount(bytes)
  );
}

function isEntry(value: unknown): value is ManifestEntry {
  const { kind, path, mtime, target, ...file } = fields(value);
  if (typeof path !== 'string' || !matches(mtime, NANOSECONDS)) {
    return false;
  }
  return kind === 'folder' || (kind === 'link' && typeof target === 'string') || (kind === 'file' && isOfFile(file));
}

function isOfFile({ size, executable, sha256, origin }: Record<string, unknown>): boolean {
  const { dev, ino, ctime } = fields(origin);
  return (
    isCount(size) &&
    typeof executable === 'boolean' &&
    matches(sha256, SHA256) &&
    matches(dev, DIGITS) &&
    matches(ino, DIGITS) &&
    matches(ctime, NANOSECONDS)
  );
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
