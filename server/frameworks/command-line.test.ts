import { CommandInvalid, fillPlaceholders, splitCommand } from './command-line';

const VALUES = {
  port: '8123',
  base_url: '/user/a b/x/',
  entry: 'my app.py',
  python: '/opt/py/bin/python',
  host: '127.0.0.1'
};

describe('splitCommand', () => {
  it.each([
    ['python app.py --port 80', ['python', 'app.py', '--port', '80']],
    ['  a\t\'b c\'  "d e" ', ['a', 'b c', 'd e']],
    ['a"b"\'c\'d', ['abcd']],
    ["a '' b", ['a', '', 'b']],
    ['a\\ b \\"', ['a b', '"']],
    ['"a \\" \\n \\\\"', ['a " \\n \\']],
    ["'a\\'", ['a\\']],
    ['\'$HOME\' "a|b"', ['$HOME', 'a|b']],
    ['--allow-origin=* ünï', ['--allow-origin=*', 'ünï']]
  ])('splits %j as a shell does', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  it.each(['', '   ', "'open", '"open', 'a \\', 'a | b', 'a; b', 'a > b', 'a && b', 'a `b`', 'a \0', "''"])(
    'refuses %j',
    line => {
      expect(() => splitCommand(line)).toThrow(CommandInvalid);
    }
  );
});

describe('fillPlaceholders', () => {
  it('keeps a value with spaces in one word', () => {
    expect(fillPlaceholders(['{python}', '{entry}', '--url={base_url}', '{host}:{port}'], VALUES)).toEqual([
      '/opt/py/bin/python',
      'my app.py',
      '--url=/user/a b/x/',
      '127.0.0.1:8123'
    ]);
  });

  it('leaves doubled braces as braces and values as they are', () => {
    expect(fillPlaceholders(['{{port}}', '{entry}'], { ...VALUES, entry: '{port}' })).toEqual(['{port}', '{port}']);
  });

  it('refuses a name it does not know', () => {
    expect(() => fillPlaceholders(['{prot}'], VALUES)).toThrow(/\{prot\}, which is none of \{port\}/);
  });
});
