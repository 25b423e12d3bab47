/** Files that hold a secret wherever they are, by their names in lower case. */
const NAMES: ReadonlySet<string> = new Set([
  // Variables for the environment, which is where apps are told to have their passwords.
  ...['.envrc', '.renviron'],
  // Passwords and tokens of programs.
  ...['.netrc', '_netrc', '.git-credentials', '.htpasswd', '.vault-token', '.npmrc', '.pypirc'],
  // Databases.
  ...['.pgpass', 'pgpass.conf', '.my.cnf', '.mylogin.cnf', '.odbc.ini'],
  // Where data comes from.
  ...['.databrickscfg', '.s3cfg', '.boto', '.cdsapirc', 'rclone.conf', 'kaggle.json'],
  ...['application_default_credentials.json', 'accesstokens.json', 'msal_token_cache.json']
]);

/** The same by the end of the name. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  ['env', 'jks', 'kdbx', 'key', 'kubeconfig', 'p12', 'pem', 'pfx', 'ppk'].map(extension => `.${extension}`)
);

/** The same by the whole of it; all begin at its beginning, since most names are none of these. */
const SHAPES = anyOf(
  /^\.env\..+$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)[\w-]*(?:\.(?:bak|old))?$/,
  /^kubeconfig(?:[\w-]*\.ya?ml|-[\w-]+)?$/,
  /^(?:credentials|secrets?)\.(?:json|ya?ml|toml|ini)$/,
  /^(?:service[-_]?account|client[-_]?secrets?).*\.json$/,
  /^token\.(?:json|pickle)$/
);

/** Files that hold a secret in a folder of that name. */
const FOLDERS: ReadonlyMap<string, RegExp> = new Map([
  ['.ssh', /./],
  ['.gnupg', /^secring\.gpg$/],
  ['private-keys-v1.d', /\.key$/],
  ['.aws', /^credentials$/],
  ['.kube', /^config$/],
  ['.docker', /^config\.json$/],
  ['gcloud', /^(?:credentials|access_tokens)\.db$/],
  ['gh', /^hosts\.yml$/],
  ['.snowflake', /^(?:config|connections)\.toml$/],
  ['.dbt', /^profiles\.yml$/],
  ['.huggingface', /^token$/]
]);

/** What only looks like it: an example without the secret, and what everybody may know of a key. */
const HARMLESS = anyOf(
  /\.(?:example|sample|template|dist)$/,
  /[._-](?:example|sample|template)\.(?:json|ya?ml|toml|ini|env)$/,
  /\.pub$|[._-]pub(?:lic)?\.(?:pem|key)$|^public[\w-]*\.(?:pem|key)$/,
  /^(?:ca|cacert|ca-bundle|cert|chain|fullchain)\.pem$/,
  /^(?:known_hosts|authorized_keys)(?:\.old)?$/
);

/**
 * Whether a file with this path probably holds a secret, which its name alone tells. It is published all the same; the
 * author is told.
 */
export function probablySecret(path: string): boolean {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1).toLowerCase();
  return (
    (NAMES.has(name) ||
      EXTENSIONS.has(name.slice(name.lastIndexOf('.'))) ||
      SHAPES.test(name) ||
      (at > 0 && FOLDERS.get(lastName(path, at))?.test(name) === true)) &&
    !HARMLESS.test(name)
  );
}

/** The name before a slash. */
function lastName(path: string, slash: number): string {
  return path.slice(path.lastIndexOf('/', slash - 1) + 1, slash);
}

/** One for all of them: each file of a large folder is looked at. */
function anyOf(...shapes: readonly RegExp[]): RegExp {
  return new RegExp(shapes.map(shape => shape.source).join('|'));
}
