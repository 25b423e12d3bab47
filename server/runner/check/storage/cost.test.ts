import { cost } from './cost';

const never = () => Promise.reject(new Error('nothing is published'));

it.each([
  [['clone', 'live'], /^clone: the volume .* nothing is copied here\.$/],
  [['live'], /^live: .* nothing is copied\.$/]
] as const)('of %j, nothing is published to try it', async (strategies, sentence) => {
  const attempt = cost({ project: never, strategies });
  const found = await attempt.tries({} as never, new Map(), new AbortController().signal);
  expect(found).toMatchObject({ sentence: expect.stringMatching(sentence) as string });
});
