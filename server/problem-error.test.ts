import { getSystemErrorMap } from 'node:util';

import { problemOf, systemCode } from './problem-error';

/** As Node 24 says it of a quota that is used up, from a synchronous call and from the others. */
const QUOTA = [
  Object.assign(new Error('UNKNOWN: unknown error, write'), { errno: -122, code: 'UNKNOWN', syscall: 'write' }),
  Object.assign(new Error('Unknown system error -122: Unknown system error -122, open'), {
    errno: -122,
    code: 'Unknown system error -122',
    syscall: 'open'
  })
];

it.each(QUOTA)('a quota that is used up is told as a disk that is full: $code', error => {
  expect(systemCode(error)).toBe('EDQUOT');
  expect(problemOf(error)).toMatchObject({ code: 'disk_full', fix: expect.stringContaining('Delete files') as string });
});

it('a file that is gone from network storage has its code', () => {
  expect(systemCode(Object.assign(new Error('Unknown system error -116'), { errno: -116 }))).toBe('ESTALE');
});

it('whatever Node has a name for keeps it', () => {
  for (const [errno, [code]] of getSystemErrorMap()) {
    expect(systemCode(Object.assign(new Error(code), { errno, code }))).toBe(code);
  }
  expect([undefined, null, 'text', {}, { code: 5 }].map(systemCode)).toEqual(Array(5).fill(undefined));
});
