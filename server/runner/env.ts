const FOREIGN_TO_APPS = /^(?:JUPYTERHUB_|JPY_|CONFIGPROXY_)/i;

/**
 * The environment that apps start with: the server's own without anything of the Hub's, without the variables named
 * in `own`, and without any value that contains one of `secrets`. The launcher has removed secrets already; a second
 * sieve costs nothing.
 *
 * This is the only reader of `process.env` in the runner.
 */
export function baseEnvironment(
  secrets: readonly string[],
  own: readonly string[],
  source: NodeJS.ProcessEnv = process.env
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined || FOREIGN_TO_APPS.test(name) || own.includes(name)) {
      continue;
    }
    if (secrets.some(secret => secret !== '' && value.includes(secret))) {
      continue;
    }
    environment[name] = value;
  }
  return environment;
}
