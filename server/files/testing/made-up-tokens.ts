import type { TokenKind } from '../../contract';

/** As many letters and digits in a row that nobody chose; the same each time. */
export function noise(
  length: number,
  alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz23456789'
): string {
  let state = 7;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return alphabet.charAt(state % alphabet.length);
  }).join('');
}

const HEX = '0123456789abcdef';

/** Texts with the shape of a token, for tests. They are put together here: as they are, scanners would report them. */
export const MADE_UP_TOKENS: readonly (readonly [TokenKind, string])[] = [
  ['github', `ghp_${noise(36)}`],
  ['github', `gho_${noise(36)}`],
  ['github', `github_pat_${noise(22)}_${noise(59)}`],
  ['gitlab', `glpat-${noise(20)}`],
  ['aws', `AKIA${noise(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`],
  ['azure', `AccountKey=${noise(86)}==`],
  ['google', `AIza${noise(35)}`],
  ['google', `GOCSPX-${noise(28)}`],
  ['slack', `xoxb-${noise(12, '2345678')}-${noise(12, '2345678')}-${noise(24)}`],
  ['openai', `sk-${noise(48)}`],
  ['openai', `sk-proj-${noise(120)}`],
  ['anthropic', `sk-ant-api03-${noise(93)}AA`],
  ['huggingface', `hf_${noise(34)}`],
  ['databricks', `dapi${noise(32, HEX)}`],
  ['stripe', `sk_live_${noise(24)}`],
  ['pypi', `pypi-AgEIcHlwaS5vcmc${noise(150)}`],
  ['npm', `npm_${noise(36)}`],
  ['jupyter', `JUPYTERHUB_API_TOKEN=${noise(32, HEX)}`],
  ['jupyter', `http://127.0.0.1:8888/lab?token=${noise(48, HEX)}`],
  ['private-key', `-----BEGIN ${'OPENSSH'} PRIVATE KEY-----\n${noise(70)}\n${noise(70)}\n`],
  ['private-key', `-----BEGIN ${'RSA'} PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,B\n\n${noise(64)}\n`]
];
