import { runGit } from './run-git';

const run = (script: string) =>
  runGit(['-c', script], {
    program: 'sh',
    folder: '/',
    environment: { PATH: process.env.PATH ?? '' },
    signal: new AbortController().signal,
    limitMs: 60_000
  });

it('takes the end of what git has started for a failure of git', async () => {
  const { code, stderr } = await run('echo "fatal: transport not allowed" >&2; kill -PIPE $$');
  expect({ code, stderr }).toEqual({ code: 141, stderr: 'fatal: transport not allowed\n' });
});

it('says that somebody else has ended git, and what to do', async () => {
  await expect(run('kill -9 $$')).rejects.toMatchObject({
    problem: {
      code: 'git_failed',
      message: 'git was ended from outside, by SIGKILL, before it was done.',
      fix: expect.stringContaining('memory')
    }
  });
});
