import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { StartSpecification } from '../contract';
import { BootstrapError } from './bootstrap-pipe';

const Text = Type.String({ minLength: 1, maxLength: 10_000 });

/** The launcher's message as it comes through the pipe. */
const BootstrapMessage = Type.Object({
  /** base64url of the JSON of a `StartSpecification`. */
  start: Type.String({ minLength: 1, maxLength: 900_000 }),
  apiToken: Text,
  listen: Type.Object({ host: Text, port: Type.Integer({ minimum: 0, maximum: 65_535 }) }),
  /** Path of the server, with slashes at both ends. */
  prefix: Type.String({ pattern: '^/(?:[^/?#\\s]+/)*$', maxLength: 2_000 }),
  python: Text,
  home: Text,
  /** Names of the variables that the launcher has set for the runner alone. */
  ownVariables: Type.Array(Text),
  /** The author's token at the host of their repositories, where the Hub knows one. */
  gitToken: Type.Optional(Type.Object({ host: Text, token: Text })),
  /** Where the Hub is told that its user is active. */
  activityUrl: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** How often, in seconds, where the administrator has set it. */
  activityInterval: Type.Optional(Type.Integer({ minimum: 1 })),
  serverName: Type.Optional(Type.Union([Type.String(), Type.Null()]))
});

/** Everything the runner was started with. */
export interface Bootstrap extends Omit<Static<typeof BootstrapMessage>, 'start' | 'listen'> {
  start: StartSpecification;
}

/** Checks the launcher's message and decodes the start specification. Throws `BootstrapError`; no value is repeated in it. */
export function parseBootstrap(content: unknown): Bootstrap {
  check(BootstrapMessage, content, 'bootstrap message');
  const { start, listen: _listen, ...rest } = content;
  let specification: unknown;
  try {
    specification = JSON.parse(Buffer.from(start, 'base64url').toString('utf8'));
  } catch (error) {
    throw new BootstrapError('its start specification is not base64url of JSON', { cause: error });
  }
  check(StartSpecification, specification, 'start specification');
  return { ...rest, start: specification };
}

function check<T extends typeof BootstrapMessage | typeof StartSpecification>(
  schema: T,
  value: unknown,
  name: string
): asserts value is Static<T> {
  if (!Value.Check(schema, value)) {
    const where = Value.Errors(schema, value)[0]?.instancePath || 'the whole';
    throw new BootstrapError(`the ${name} is invalid at ${where}`);
  }
}
