import { verify, type KeyObject } from 'node:crypto';

import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** Why a signed text says nothing. */
export type ClaimsFault = 'malformed' | 'signature';

/**
 * What a signed text says, if it is signed with this key and has this shape.
 *
 * @param content - base64url of JSON, as signed.
 * @param signed - what the signature is over; the content, or the content after words that tell its purpose.
 */
export function signedClaims<S extends TSchema>(
  schema: S,
  key: KeyObject,
  { content, signature, signed }: { content: string; signature: string; signed: string }
): Static<S> | ClaimsFault {
  const signatureBytes = canonicalBytes(signature);
  const contentBytes = canonicalBytes(content);
  if (signatureBytes === null || contentBytes === null) {
    return 'malformed';
  }
  // Ed25519 and nothing else: the key decides the algorithm, the ticket has no say.
  if (signatureBytes.length !== 64 || !verify(null, Buffer.from(signed, 'latin1'), key, signatureBytes)) {
    return 'signature';
  }
  try {
    const claims: unknown = JSON.parse(contentBytes.toString('utf8'));
    return Value.Check(schema, claims) ? claims : 'malformed';
  } catch {
    return 'malformed';
  }
}

/** Bytes of base64url text that has exactly one spelling; another spelling of the same bytes is refused. */
function canonicalBytes(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
