import { randomBytes } from 'node:crypto';

import { TOKEN_KINDS } from '../contract';
import { MADE_UP_TOKENS, noise } from './testing/made-up-tokens';
import { tokensIn } from './tokens';

const found = (text: string) => [...tokensIn(text)];

describe('a token is found', () => {
  it.each(MADE_UP_TOKENS)('of %s, wherever it stands in a text', (kind, token) => {
    expect(found(token)).toEqual([kind]);
    expect(found(`key = "${token}"\n`)).toEqual([kind]);
    expect(found(`curl ${token} `)).toEqual([kind]);
  });

  it.each(MADE_UP_TOKENS)('of %s in JSON, after a line end and between colours', (kind, token) => {
    expect(found(JSON.stringify({ text: [`first\n${token}\n`] }))).toEqual([kind]);
    expect(found(JSON.stringify(`\u001b[1;32m${token}\u001b[0m`))).toEqual([kind]);
    // As Python shows its variables.
    expect(found(JSON.stringify(`{'A': 1, 'B': '${token.trimEnd()}'}`))).toEqual([kind]);
  });

  it('of each kind that there is', () => {
    expect(new Set(MADE_UP_TOKENS.map(([kind]) => kind))).toEqual(new Set(TOKEN_KINDS));
  });

  it('of several kinds in one text, also right after something that only looks like one', () => {
    const text = MADE_UP_TOKENS.map(([, token]) => `x${token} ${token}`).join('\n');
    expect(tokensIn(text)).toEqual(new Set(TOKEN_KINDS));
  });

  it('as JUPYTERHUB_API_TOKEN among the variables that a notebook shows', () => {
    const shown = JSON.stringify(JSON.stringify({ JUPYTERHUB_API_TOKEN: noise(32, '0123456789abcdef') }));
    expect(found(shown)).toEqual(['jupyter']);
  });
});

describe('no token is', () => {
  it.each([
    ['one made up for instructions', ['AKIAIOSFODNN7EXAMPLE', `ghp_${'x'.repeat(36)}`, `hf_${'A'.repeat(34)}`]],
    [
      'its beginning',
      ['ghp_', 'sk-learn', 'hf_hub_download', 'xoxb-your-token', 'AIza', 'glpat-<token>', '?token=abc']
    ],
    ['a part of a longer word', [`task-${noise(48)}`, `my_ghp_${noise(36)}`, `hf_${noise(40)}`, `sk-${noise(60)}`]],
    ['a name of a style or a module', ['.sk-estimator-doc-link', 'sk-text-repr-fallback', 'hf_transfer', 'npm_config']],
    ['a program that looks for keys', ["if '-----BEGIN PRIVATE KEY-----' in text:\n    raise ValueError('no')\n"]],
    [
      'what everybody may know',
      ['-----BEGIN PUBLIC KEY-----\n' + noise(64), '-----BEGIN CERTIFICATE-----\n' + noise(64)]
    ],
    ['a hash', [noise(40, '0123456789abcdef'), `sha256:${noise(64, '0123456789abcdef')}`]]
  ])('%s', (_what, texts) => {
    for (const text of texts) {
      expect(found(text)).toEqual([]);
      expect(found(JSON.stringify({ source: [`${text}\n`] }))).toEqual([]);
    }
  });

  it('a picture in an output', () => {
    expect(found(JSON.stringify({ 'image/png': randomBytes(2_000_000).toString('base64') }))).toEqual([]);
  });
});
