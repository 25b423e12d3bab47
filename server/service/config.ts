import { isAbsolute } from 'node:path';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { DefaultAudience, FRAMEWORK_IDS, FrameworkAdditions, STRATEGIES } from '../contract';

// The only placeholder is that of the owner.
const Origin = Type.String({ pattern: '^https?://(?:\\{owner\\}|[^/?#@\\s{}])+$' });
const Url = Type.String({ pattern: '^https?://[^?#@\\s]+$' });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** `JUPYTERHUB_DASHBOARDS_CONFIG`: written by `configure(c)`, explained in docs/developers/architecture.md. */
export const Config = Type.Object(
  {
    hookKey: Type.String({ minLength: 32 }),
    database: Type.String({ minLength: 1 }),
    hubUrl: orNull(Url),
    dashboardsOrigin: orNull(Origin),
    subdomainHost: orNull(Origin),
    trustAllAuthors: Type.Boolean(),
    /** The Hub's proxy as servers of authors reach it to send files; null: as browsers do. */
    relayUrl: orNull(Url),
    runnerServiceUrl: Type.String({ pattern: '^https?://[^?#@\\s]+/$' }),
    audiences: Type.Array(Type.Enum(['owner', 'people', 'everyone'])),
    /** Of a publish that names none; narrowed to the owner while sharing is off. */
    defaultAudience: DefaultAudience,
    frameworks: Type.Array(Type.Enum([...FRAMEWORK_IDS])),
    /** Groups whose members may publish; null: everybody. */
    publishers: orNull(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    keepVersions: Type.Integer({ minimum: 0, maximum: 1_000 }),
    readyTimeout: Type.Integer({ minimum: 1, maximum: 3_600 }),
    /** Seconds that an app may take to begin an answer; null: as long as it likes. */
    requestTimeout: orNull(Type.Integer({ minimum: 1, maximum: 86_400 })),
    additions: FrameworkAdditions,
    /** Hosts that repositories are fetched from; null: all of the internet. */
    gitHosts: orNull(Type.Array(Type.String({ minLength: 1 }))),
    /** Folders that files may be published from; null: all. */
    publishablePaths: orNull(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    /** Whether what a server writes into its home is there when it has stopped and starts again. */
    homesKept: Type.Boolean(),
    /** How files may come to where they are served. */
    strategies: Type.Array(Type.Enum([...STRATEGIES]), { minItems: 1 }),
    /** Seconds that the clone of a volume may take. */
    cloneTimeout: Type.Integer({ minimum: 1, maximum: 86_400 }),
    /** Of snapshots of volumes; null: the one that the cluster has for the driver. */
    snapshotClass: orNull(Type.String({ minLength: 1 })),
    /** Whether the pod of a dashboard has the image that its live version was built with. */
    pinImage: Type.Boolean()
  },
  { additionalProperties: false }
);
export type Config = Static<typeof Config>;

const EXPECTED: Record<keyof Config, string> = {
  hookKey: 'a text of at least 32 characters',
  database: 'the absolute path of the SQLite file',
  hubUrl: 'the public URL of the Hub (https://hub.example.org/), or null',
  dashboardsOrigin: 'an origin without a path (https://dashboards.example.org), or null',
  subdomainHost: 'an origin without a path (https://hub.example.org), or null',
  trustAllAuthors: 'true or false',
  relayUrl: 'a URL (http://proxy-public), or null',
  runnerServiceUrl: 'a URL with a slash at the end',
  audiences: 'a list of "owner", "people", "everyone"',
  defaultAudience: '"owner" or "everyone"',
  frameworks: `a list of ${FRAMEWORK_IDS.map(id => `"${id}"`).join(', ')}`,
  publishers: 'a list of names of groups, or null',
  keepVersions: 'a whole number from 0 to 1000',
  readyTimeout: 'a whole number from 1 to 3600',
  requestTimeout: 'a whole number from 1 to 86400, or null',
  additions: 'an object of arguments ("args") and variables ("env") for each framework',
  gitHosts: 'a list of hosts, or null',
  publishablePaths: 'a list of folders, or null',
  homesKept: 'true or false',
  strategies: `a list of ${STRATEGIES.map(id => `"${id}"`).join(', ')}`,
  cloneTimeout: 'a whole number from 1 to 86400',
  snapshotClass: 'the name of a VolumeSnapshotClass, or null',
  pinImage: 'true or false'
};

/**
 * Checks the configuration.
 * @throws Error with one line for every key that is wrong, missing or unknown. Values are not repeated: some are secret.
 */
export function parseConfig(json: string): Config {
  const wrong: string[] = [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('JUPYTERHUB_DASHBOARDS_CONFIG is not JSON. It is written by configure(c) in jupyterhub_config.py.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('JUPYTERHUB_DASHBOARDS_CONFIG must be a JSON object. It is written by configure(c).');
  }
  const given = value as Record<string, unknown>;
  for (const [key, schema] of Object.entries(Config.properties)) {
    if (!(key in given)) {
      wrong.push(`${key} is missing: it must be ${EXPECTED[key as keyof Config]}`);
    } else if (!Value.Check(schema, given[key])) {
      wrong.push(`${key} must be ${EXPECTED[key as keyof Config]}`);
    }
  }
  for (const key of Object.keys(given)) {
    if (!(key in Config.properties)) {
      wrong.push(`${key} is not known`);
    }
  }
  if (typeof given.database === 'string' && !isAbsolute(given.database)) {
    wrong.push(`database must be ${EXPECTED.database}`);
  }
  if (wrong.length > 0) {
    throw new Error(`The configuration of the dashboards service is wrong:\n- ${wrong.join('\n- ')}`);
  }
  return given as Config;
}
