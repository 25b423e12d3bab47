import { logLines, StartStory, type ServerNews } from './server-news';

const step = (sentence: string): ServerNews => ({ sentence, reason: null });
const trouble = (sentence: string, detail = ''): ServerNews => ({
  sentence,
  reason: { message: sentence, fix: 'Wait.', detail }
});
const follows = (sentence: string): ServerNews => ({ ...trouble(sentence), follows: true });

describe('what is heard of a start', () => {
  it('is told once, and has the first of its original texts', () => {
    const story = new StartStory();
    expect([trouble('full', 'first'), trouble('full', 'second')].map(news => story.hear(news))).toEqual([true, false]);
    expect(story.reason?.detail).toBe('first');
  });

  it('ends with what was in the way last', () => {
    const story = new StartStory();
    [trouble('full'), trouble('no image')].forEach(news => story.hear(news));
    expect(story.reason?.message).toBe('no image');
  });

  it('is no reason once the start has gone on', () => {
    const story = new StartStory();
    [trouble('full'), step('found')].forEach(news => story.hear(news));
    expect(story.reason).toBeNull();
  });

  it('what follows from something is the reason only where that was not heard', () => {
    const story = new StartStory();
    story.hear(follows('waits for its volume'));
    expect(story.reason?.message).toBe('waits for its volume');
    [trouble('no class'), follows('waits for its volume')].forEach(news => story.hear(news));
    expect(story.reason?.message).toBe('no class');
    [step('found'), follows('ended with 3'), follows('is started again')].forEach(news => story.hear(news));
    expect(story.reason?.message).toBe('ended with 3');
  });

  it('is a line with what to do, and one with the original text; a step is one line, however long it takes', () => {
    expect(logLines(trouble('The cluster is full.', 'Kubernetes: x'))).toEqual([
      'The cluster is full. Wait.',
      '    Kubernetes: x'
    ]);
    expect(logLines(step('It is there.'))).toEqual(['It is there.']);
    const pulling = { sentence: 'It is fetched.', reason: { message: 'It took too long.', fix: 'Wait.', detail: '' } };
    expect(logLines(pulling)).toEqual(['It is fetched.']);
  });
});
