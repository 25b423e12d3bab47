import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  type KeyObject
} from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { OutOfOrder } from '../errors';

/** The key file can be neither read nor made. */
export class KeysUnusable extends OutOfOrder {}

const KeyFile = Type.Object({ signing: Type.String(), encryption: Type.String() });

/** The service's secrets: what signs tickets, and what seals viewers' Hub tokens at rest. */
export interface Keys {
  /** Ed25519 over the text, base64url. */
  sign(text: string): string;
  /** The public half: base64url of its 32 bytes. */
  publicKey: string;
  seal(text: string): string;
  /** Null for anything that was not sealed with this key, or was changed since. */
  open(sealed: string): string | null;
  /** HMAC of the text, base64url, by a key that is for this purpose alone. Purposes are few: their keys are kept. */
  mac(purpose: string, text: string): string;
}

/**
 * Reads the key file, or makes it, readable by its owner alone.
 * @throws KeysUnusable
 */
export function loadKeys(file: string): Keys {
  if (!existsSync(file)) {
    create(file);
  }
  let content: unknown;
  try {
    if ((statSync(file).mode & 0o077) !== 0) {
      chmodSync(file, 0o600);
    }
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, error);
  }
  if (!Value.Check(KeyFile, content)) {
    throw unusable(file);
  }
  try {
    return keys(
      createPrivateKey({ key: Buffer.from(content.signing, 'base64'), format: 'der', type: 'pkcs8' }),
      Buffer.from(content.encryption, 'base64')
    );
  } catch (error) {
    throw unusable(file, error);
  }
}

function create(file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const content = {
    signing: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    encryption: randomBytes(32).toString('base64')
  };
  // Whoever dies in the middle of this leaves no part of a key file in its place.
  const unfinished = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(content)}\n`, { flag: 'wx', mode: 0o600, flush: true });
    linkSync(unfinished, file);
  } catch (error) {
    // Another process that has made one meanwhile was first: its keys are those of both.
    if (!existsSync(file)) {
      throw unusable(file, error);
    }
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function keys(signing: KeyObject, encryption: Buffer): Keys {
  if (encryption.length !== 32) {
    throw new Error('the encryption key is not 32 bytes long');
  }
  const { x } = createPublicKey(signing).export({ format: 'jwk' });
  /** Derived once: a page with many buttons has many codes. */
  const derived = new Map<string, Buffer>();
  function keyFor(purpose: string): Buffer {
    const key = derived.get(purpose) ?? Buffer.from(hkdfSync('sha256', encryption, '', purpose, 32));
    derived.set(purpose, key);
    return key;
  }
  return {
    publicKey: x ?? '',
    sign: text => sign(null, Buffer.from(text), signing).toString('base64url'),
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', encryption, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < 28) {
        return null;
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', encryption, bytes.subarray(0, 12));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      } catch {
        return null; // Another key, or somebody's invention: worth nothing either way.
      }
    },
    mac: (purpose, text) => createHmac('sha256', keyFor(purpose)).update(text).digest('base64url')
  };
}

function unusable(file: string, cause?: unknown): KeysUnusable {
  // What the parser of a damaged file says would show what is in it.
  const reason = cause instanceof Error && 'syscall' in cause ? ` (${cause.message})` : '';
  return new KeysUnusable(
    `The key file ${file} cannot be used${reason}. It must belong to the Hub's user with mode 0600; if it is damaged, remove it, and all viewers sign in once more.`,
    { cause }
  );
}
