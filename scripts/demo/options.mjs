import { Failure } from '../setup/failure.mjs';

const USAGE = 'npm start [-- [--check] [--port N] [--keep-data]]';

/**
 * What was asked for on the command line of `npm start`.
 *
 * @param {string[]} words
 * @returns {{ check: boolean, port: number | null, keepData: boolean }}
 */
export function options(words) {
  const chosen = { check: false, port: null, keepData: false };
  const rest = words.flatMap(word => (word.startsWith('--port=') ? ['--port', word.slice('--port='.length)] : [word]));
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === '--check') {
      chosen.check = true;
    } else if (word === '--keep-data') {
      chosen.keepData = true;
    } else if (word === '--port') {
      chosen.port = port(rest.shift());
    } else {
      throw new Failure(`There is no option ${word}.`, { fix: `Use: ${USAGE}` });
    }
  }
  return chosen;
}

function port(word) {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Failure(`${word ?? 'Nothing'} is not a port number.`, { fix: `Use: ${USAGE}` });
  }
  return number;
}
