import { ProblemError, systemCode } from '../problem-error';

/**
 * Components of an entry's path.
 *
 * @throws ProblemError `file_missing` for one that is not below its folder.
 */
export function entryParts(entry: string): string[] {
  const parts = entry.split('/');
  if (entry.includes('\0') || parts.some(part => part === '' || part === '.' || part === '..')) {
    throw missingEntry(entry);
  }
  return parts;
}

/** What it means for a person that this file of the folder could not be opened. */
export function explainedEntry(entry: string, error: unknown): unknown {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return missingEntry(entry, error);
    case 'ELOOP':
      return new ProblemError('links_leave_folder', `${entry} is a link.`, {
        fix: 'Publish the file that it leads to, or its whole folder.',
        cause: error
      });
    default:
      return error;
  }
}

export function missingEntry(entry: string, cause?: unknown): ProblemError {
  return new ProblemError('file_missing', `The file ${entry} is not in the folder.`, {
    fix: 'Save it there, or choose another file, then publish again.',
    cause
  });
}
