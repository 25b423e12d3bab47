import { runInNewContext } from 'node:vm';

import { LIMITS } from '../../contract';
import { AppLog } from './app-log';
import { LineSplitter } from './line-splitter';
import { createRedaction, hideAddress } from './redact';

function logOf(secrets: string[] = []): { log: AppLog; kept: string[] } {
  const kept: string[] = [];
  return { log: new AppLog({ redact: createRedaction(secrets), keeper: line => kept.push(line) }), kept };
}

describe('a log', () => {
  it('remembers the newest lines', () => {
    const { log } = logOf();
    for (let i = 0; i < 2_000; i++) {
      log.add(`line ${i}`);
    }
    expect(log.lines).toEqual(Array.from({ length: 500 }, (_, i) => `line ${1_500 + i}`));
    log.close();
  });

  it('gives each line to one keeper, and to everybody who listens, without what only a terminal understands', () => {
    const { log, kept } = logOf();
    const heard: string[] = [];
    const build: string[] = [];
    const stop = log.listen(line => heard.push(line));
    log.add('\u001b[31mred\u001b[0m\u0007');
    const giveBack = log.divert(line => build.push(line));
    log.add('while it is built');
    giveBack();
    stop();
    log.add('later');
    expect(heard).toEqual(['red', 'while it is built']);
    expect(build).toEqual(['while it is built']);
    expect(kept).toEqual(['red', 'later']);
    expect(log.lines).toEqual(['red', 'while it is built', 'later']);
  });

  it('of an app that prints without end has as many lines as a person may read, a line that counts the others, and the last ones', () => {
    const { log, kept } = logOf();
    for (let i = 0; i < 100_000; i++) {
      log.add(`line ${i}`);
    }
    expect(kept).toHaveLength(1_000);
    log.close();
    expect(kept).toHaveLength(1_101);
    expect(kept[1_000]).toBe('[98,900 lines left out here: more than 200 a second were printed]');
    expect(kept.at(-1)).toBe('line 99999');
    expect(log.lines.at(-1)).toBe('line 99999');
  });

  it('tells of what was too much when the time is over, without a further line', () => {
    jest.useFakeTimers();
    try {
      const { log, kept } = logOf();
      for (let i = 0; i < 1_150; i++) {
        log.add(`line ${i}`);
      }
      jest.advanceTimersByTime(4_999);
      expect(kept).toHaveLength(1_000);
      jest.advanceTimersByTime(2);
      expect(kept.slice(1_000, 1_002)).toEqual([
        '[50 lines left out here: more than 200 a second were printed]',
        'line 1050'
      ]);
      log.add('after that');
      expect(kept.at(-1)).toBe('after that');
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('secrets in log lines', () => {
  const TOKEN = '0123456789abcdef0123456789abcdef+/';
  const TICKET = `${'a'.repeat(120)}.${'B'.repeat(86)}`;

  it.each([
    [`token ${TOKEN} found`, 'token [hidden] found'],
    [`GET /x?t=${encodeURIComponent(TOKEN)}`, 'GET /x?t=[hidden]'],
    [`GET /session?ticket=${TICKET}&next=`, 'GET /session?ticket=[hidden]&next='],
    [`claims ${TICKET}.`, 'claims [hidden].'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [hidden]'],
    [`{'authorization': 'token s3cret'}`, `{'authorization': 'token [hidden]'}`],
    ['GET /lab?token=s3cret&x=1 200', 'GET /lab?token=[hidden]&x=1 200'],
    ['Cookie: __Secure-dash-session=abc-_1; x=2', 'Cookie: __Secure-dash-session=[hidden]; x=2'],
    ['loss 0.123.456 after 1e-5 tokens', 'loss 0.123.456 after 1e-5 tokens']
  ])('%s', (line, clean) => {
    const { log, kept } = logOf([TOKEN]);
    log.add(line);
    expect([kept, log.lines]).toEqual([[clean], [clean]]);
  });

  it('are looked for in a time that lines cannot drive up', () => {
    const redact = createRedaction([TOKEN]);
    for (const part of ['a', '-', 'a.', 'authorization: ', '?token=', 'dash-flow-']) {
      const line = part.repeat(4_000 / part.length);
      // An expression that tries everything would not come to an end; this ends it, and fails.
      expect(runInNewContext('redact(line)', { redact, line }, { timeout: 10_000 })).toContain(part.slice(0, 1));
    }
  });
});

describe("an app's own address", () => {
  it.each([
    ['  URL: http://127.0.0.1:45259/user/alice/dash-sales-x/v/1/', "  URL: the dashboard's link"],
    ['  \u001b[1mURL: http://127.0.0.1:45259\u001b[0m', "  \u001b[1mURL: the dashboard's link\u001b[0m"],
    ['Dash is running on http://localhost:45259/a?b=1 now', "Dash is running on the dashboard's link now"],
    ['http://127.0.0.1:452590/', 'http://127.0.0.1:452590/'],
    ['GET https://data.example.org:443/x', 'GET https://data.example.org:443/x'],
    ['port 45259 is in use', 'port 45259 is in use']
  ])('%j', (line, shown) => {
    expect(hideAddress(line, 45259)).toBe(shown);
  });
});

describe('lines', () => {
  function split(...chunks: (string | Buffer)[]): string[] {
    const lines: string[] = [];
    const splitter = new LineSplitter(line => lines.push(line));
    chunks.forEach(chunk => splitter.push(Buffer.from(chunk)));
    splitter.flush();
    return lines;
  }

  it('are put together from pieces, also of a character', () => {
    const euro = Buffer.from('€');
    expect(split('a', 'b\nc\r', '\nd ', euro.subarray(0, 1), euro.subarray(1), '\n')).toEqual(['ab', 'c', 'd €']);
  });

  it('of a progress bar are lines, and what has no end is given out at the end', () => {
    expect(split('10%\r20%\r', 'rest')).toEqual(['10%', '20%', 'rest']);
  });

  it('that are too long are cut and use no memory', () => {
    const lines = split(...Array.from({ length: 100 }, () => 'x'.repeat(1_000)), '\nnext\n');
    expect(lines.map(line => line.length)).toEqual([LIMITS.logLine, 4]);
  });
});
