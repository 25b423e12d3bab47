/** Names of files that usually hold a secret. */
const SECRET_NAMES = [
  /^\.env(?:\..+)?$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)$/,
  /\.(?:pem|key|p12|pfx|kdbx)$/i,
  /^\.(?:netrc|pgpass|npmrc|pypirc|git-credentials)$/,
  /^(?:credentials|secrets?)\.(?:json|ya?ml|toml|ini)$/i,
  /^(?:service[-_]?account|client[-_]secrets?).*\.json$/i
];
const SAMPLES = /\.(?:example|sample|template|dist)$/i;

/** Whether a file of this name probably holds a secret. The files are published all the same; the author is told. */
export function probablySecret(name: string): boolean {
  return !SAMPLES.test(name) && SECRET_NAMES.some(pattern => pattern.test(name));
}
