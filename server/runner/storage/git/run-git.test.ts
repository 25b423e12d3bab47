import { runGit } from './run-git';

it('says that somebody else has ended git, and what to do', async () => {
  const running = runGit(['-c', 'kill -9 $$'], {
    program: 'sh',
    folder: '/',
    environment: { PATH: process.env.PATH ?? '' },
    signal: new AbortController().signal,
    limitMs: 60_000
  });
  await expect(running).rejects.toMatchObject({
    problem: {
      code: 'git_failed',
      message: 'git was ended from outside, by SIGKILL, before it was done.',
      fix: expect.stringContaining('memory')
    }
  });
});
