import type { TokenKind } from '../contract';

/**
 * How tokens look that cannot be taken for anything else: a prefix that its maker has chosen for being found, and the
 * length. Each is bounded, so that no text makes the search slow; none has a group of its own.
 */
const SHAPES: readonly (readonly [TokenKind, RegExp])[] = [
  ['github', /gh[opsur]_[A-Za-z0-9]{36,251}(?!\w)/],
  ['github', /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?!\w)/],
  ['gitlab', /gl(?:pat|dt|rt|ptt|oas)-[\w-]{20,300}/],
  ['aws', /A(?:KIA|SIA)[A-Z2-7]{16}(?!\w)/],
  ['azure', /AccountKey=[A-Za-z0-9+/]{86}==/],
  ['google', /AIza[\w-]{35}(?![\w-])/],
  ['google', /GOCSPX-[\w-]{28}(?![\w-])/],
  ['slack', /xox[abeoprs]-\d{1,14}-[A-Za-z0-9-]{10,250}/],
  ['openai', /sk-[A-Za-z0-9]{48}(?![\w-])/],
  ['openai', /sk-(?:proj|svcacct|admin)-[\w-]{40,250}/],
  ['anthropic', /sk-ant-[a-z]{3,5}\d\d-[\w-]{80,250}/],
  ['huggingface', /hf_[A-Za-z0-9]{34}(?!\w)/],
  ['databricks', /dapi[0-9a-f]{32}(?!\w)/],
  ['stripe', /[rs]k_live_[A-Za-z0-9]{24,250}(?!\w)/],
  ['pypi', /pypi-AgEIcHlwaS5vcmc[\w-]{50,250}/],
  ['npm', /npm_[A-Za-z0-9]{36}(?!\w)/],
  // As the environment of a notebook's kernel shows it, and the address that a server prints.
  ['jupyter', /(?:JUPYTERHUB|JPY)_API_TOKEN\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[0-9a-f]{32}(?!\w)/],
  ['jupyter', /(?<=[?&])token=[0-9a-f]{32,64}(?!\w)/],
  // With a key after it: programs name the line alone.
  ['private-key', /-----BEGIN (?:[A-Z0-9]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?=[^]{0,200}?[A-Za-z0-9+/]{40})/]
];

const ANY = new RegExp(SHAPES.map(([, shape]) => `(${shape.source})`).join('|'), 'g');

/** What a token begins after: no part of a word, but an escape of JSON, or one that colours what is printed. */
const BEFORE = /(?:^|[^A-Za-z0-9_]|\\[bfnrt]|\[[\d;]{1,9}m)$/;
const LONGEST_BEFORE = 12;

/** What instructions have in the place of a token. */
const MADE_UP = /(.)\1{5}|example|placeholder|your|1234567890/i;

/** Which kinds of tokens are in a text. The tokens themselves are given to nobody. */
export function tokensIn(text: string): Set<TokenKind> {
  const found = new Set<TokenKind>();
  ANY.lastIndex = 0;
  for (let match = ANY.exec(text); match !== null; match = ANY.exec(text)) {
    const [token, ...shapes] = match;
    const before = text.slice(Math.max(0, match.index - LONGEST_BEFORE), match.index);
    const kind = SHAPES[shapes.findIndex(shape => shape !== undefined)]?.[0];
    if (kind !== undefined && BEFORE.test(before) && !MADE_UP.test(token)) {
      found.add(kind);
    } else {
      // Another may begin inside of what was none.
      ANY.lastIndex = match.index + 1;
    }
  }
  return found;
}
