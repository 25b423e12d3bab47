import { ProblemError } from '../problem-error';
import { explained } from './problems';

/** As the system says it; a network's file server and a full quota are not to be had on every machine. */
const failed = (code: string, at = '/proc/self/fd/20/data.csv') =>
  Object.assign(new Error(`${code}: open '${at}'`), { code, syscall: 'open', path: at });

it.each([
  ['ESTALE', 'files_keep_changing'],
  ['ENOENT', 'files_keep_changing'],
  ['ELOOP', 'files_keep_changing'],
  ['EACCES', 'folder_not_readable'],
  ['EDQUOT', 'disk_full'],
  ['EFBIG', 'too_large'],
  ['ENAMETOOLONG', 'too_large']
])('%s is told as %s, without what only this program knows', (code, told) => {
  const error = explained(failed(code), '~/sales', undefined);
  expect(error).toBeInstanceOf(ProblemError);
  const { problem } = error as ProblemError;
  expect(problem.code).toBe(told);
  expect(JSON.stringify(problem)).not.toContain('/proc/');
});

it('what nobody has foreseen stays what it is', () => {
  const error = failed('EIO');
  expect(explained(error, '~/sales')).toBe(error);
});
