import { generateKeyPairSync, randomBytes } from 'node:crypto';

const ARMOUR = /^-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----\n([A-Za-z0-9+/=\n:, -]+)-----END \1-----\n$/;
const MAGIC = Buffer.from('openssh-key-v1\0');
const TYPE = 'ssh-ed25519';

/** A new Ed25519 pair, as ssh writes it: older ones read no other form of such keys. */
export function makeSshKey(comment: string): { privateKey: string; publicKey: string } {
  const pair = generateKeyPairSync('ed25519');
  const { x = '', d = '' } = pair.privateKey.export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([text(TYPE), text(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), point]);
  const inner = Buffer.concat([check, check, text(TYPE), text(point), text(secret), text(comment)]);
  // Filled up to a multiple of eight with 1, 2, 3 …
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_none, i) => i + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = [MAGIC, text('none'), text('none'), text(''), one, text(blob), text(Buffer.concat([inner, padding]))];
  const lines =
    Buffer.concat(body)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${TYPE} ${blob.toString('base64')} ${comment}`
  };
}

/** A text with its length before it (RFC 4251). */
function text(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A private key as somebody has pasted it, with the line ends that ssh wants; null for what is none. */
export function cleanPrivateKey(pasted: string): string | null {
  const clean = `${pasted.replace(/\r\n?/g, '\n').trim()}\n`;
  return ARMOUR.test(clean) ? clean : null;
}

/** Whether a passphrase is needed to use a key. */
export function needsPassphrase(privateKey: string): boolean {
  const body = Buffer.from(privateKey.replace(/-----[^-]*-----/g, ''), 'base64');
  const sealed =
    body.subarray(0, MAGIC.length).equals(MAGIC) &&
    !body.subarray(MAGIC.length).subarray(4, 8).equals(Buffer.from('none'));
  return sealed || /ENCRYPTED/.test(privateKey);
}
