import type { ServiceError } from '../errors';
import { checkName, checkText } from './texts';

function refusal(run: () => unknown): ServiceError {
  try {
    run();
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error('accepted');
}

describe('names', () => {
  it.each([
    ['  売上  ', '売上'],
    ['Umsa\u0308tze', 'Umsätze'],
    ['\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['👩\u200d💻 team', '👩\u200d💻 team'],
    ['❤\ufe0f', '❤\ufe0f'],
    [
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} sales',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} sales'
    ],
    ['葛\u{e0100}城', '葛\u{e0100}城'],
    ['5 % & more, "really"?', '5 % & more, "really"?']
  ])('%j may be in any script', (name, kept) => {
    expect(checkName(name)).toBe(kept);
  });

  it.each([
    ['   ', 'The dashboard needs a name.'],
    ['\u3000\ufeff', 'The dashboard needs a name.'],
    ['a\nb', 'The name must not contain control characters.'],
    ['a\u0000b', 'The name must not contain control characters.'],
    ['a\u0085b', 'The name must not contain control characters.'],
    ['a\u009bb', 'The name must not contain control characters.'],
    ['a\u2028b', 'The name must not contain control characters.'],
    ['\u202eevil', 'The name must not contain U+202E, which changes the direction of writing.'],
    ['Sales\u2066', 'The name must not contain U+2066, which changes the direction of writing.'],
    ['a\u200fb', 'The name must not contain U+200F, which changes the direction of writing.'],
    ['\u200b', 'The name must not contain the invisible character U+200B.'],
    ['Sa\u200bles', 'The name must not contain the invisible character U+200B.'],
    ['Sa\u00adles', 'The name must not contain the invisible character U+00AD.'],
    ['Sales\u{e0073}', 'The name must not contain the invisible character U+E0073.'],
    ['\u3164', 'The name must not contain the invisible character U+3164.'],
    ['\u2800', 'The name must not contain the invisible character U+2800.'],
    ['a\ud800', 'The name must not contain the invisible character U+D800.'],
    ['\u200d', 'The name has no visible character.'],
    ['\ufe0f\u200d', 'The name has no visible character.'],
    ['\u0301', 'The name has no visible character.']
  ])('%j is refused', (name, message) => {
    const error = refusal(() => checkName(name));
    expect([error.code, error.status, error.message]).toEqual(['invalid_request', 400, message]);
    expect(error.fix).toMatch(/\.$/);
  });
});

describe('descriptions and messages', () => {
  it.each(['', 'Two\nlines\r\n\tand a tab', 'ה־מכירות', '👩\u200d💻'])('%j is taken as it is', text => {
    expect(checkText('description', text)).toBe(text);
  });

  it.each([
    ['\u202egnp.exe', 'The message must not contain U+202E, which changes the direction of writing.'],
    ['a\u0085b', 'The message must not contain control characters.'],
    ['\u001b[31m', 'The message must not contain control characters.'],
    ['a\ud800', 'The message must not contain half a character.']
  ])('%j is refused', (text, message) => {
    expect(refusal(() => checkText('message', text)).message).toBe(message);
  });
});
