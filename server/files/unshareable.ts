import { systemCode } from '../problem-error';

/** Too many links, another file system, none allowed, none known; or the file is gone, as a copy of the same one would say. */
const REASONS = new Set(['EMLINK', 'EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOENT']);

/** Whether a file that got no further name by `error` has to be copied instead. */
export function isUnshareable(error: unknown): boolean {
  return REASONS.has(systemCode(error) ?? '');
}
