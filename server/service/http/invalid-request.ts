import type { FastifyError } from 'fastify';

import { ServiceError } from '../errors';

/** What of a schema is told to people. */
interface Schema {
  anyOf?: Schema[];
  const?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
}

/** An error of the validator, with the schema and the value that do not fit together. */
interface Finding {
  keyword: string;
  instancePath: string;
  schemaPath: string;
  params: Record<string, unknown>;
  message?: string;
  schema?: unknown;
  parentSchema?: Schema;
  data?: unknown;
}

/** A sentence without its subject, and what to do about it. */
type Words = [is: string, fix: string];

const PLACES: Record<string, string> = { querystring: 'the query', params: 'the address', headers: 'the headers' };

/** Says in words what does not fit the contract: the place, what is expected there, and what to do. */
export function invalidRequest({ validation = [], validationContext = 'body' }: FastifyError): ServiceError {
  const finding = chosen(validation as unknown as Finding[]);
  const path = finding?.instancePath.split('/').filter(Boolean).map(decode) ?? [];
  const place = placeOf(validationContext, path);
  const [is, fix] = finding ? words(finding) : ['does not fit', CORRECT];
  return new ServiceError('invalid_request', 400, `The request is not valid: ${place} ${is}.`, fix);
}

function placeOf(context: string, path: string[]): string {
  const where = PLACES[context];
  if (where === undefined) {
    return [context, ...path].join('.');
  }
  return path.length === 0 ? where : `"${path.join('.')}" in ${where}`;
}

const CORRECT = 'Correct it and try again.';

/**
 * What to tell of: of several shapes that are possible at a place, only the one that was meant, which `kind` says. The
 * validator tries all of them, in their order, and tells of each why it does not fit.
 */
function chosen(findings: Finding[]): Finding | undefined {
  const [first] = findings;
  const choice = findings.at(-1);
  if (first === undefined || choice?.keyword !== 'anyOf') {
    return first;
  }
  const shapes = choice.schema as Schema[];
  const meant = shapes.findIndex(({ properties }) => properties && properties.kind?.const === kindOf(choice.data));
  const within = `${choice.schemaPath}/${meant}/`;
  // In what was meant there may be a further choice.
  return chosen(findings.filter(({ schemaPath }) => schemaPath.startsWith(within))) ?? kindUnknown(choice, shapes);
}

function kindUnknown(choice: Finding, shapes: Schema[]): Finding {
  const kinds = shapes.map(({ properties }) => properties?.kind?.const).filter(kind => kind !== undefined);
  return kinds.length === 0 || kindOf(choice.data) === undefined
    ? choice
    : {
        ...choice,
        keyword: 'enum',
        instancePath: `${choice.instancePath}/kind`,
        params: { allowedValues: kinds }
      };
}

function kindOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'kind' in data ? data.kind : undefined;
}

function words({ keyword, params, message = 'does not fit', parentSchema = {} }: Finding): Words {
  const limit = Number(params.limit);
  switch (keyword) {
    case 'additionalProperties':
      return [`has the unknown field "${params.additionalProperty}"`, fieldsOf(parentSchema)];
    case 'required':
      return [`lacks the field "${params.missingProperty}"`, 'Add it and try again.'];
    case 'minProperties':
      return ['is empty', fieldsOf(parentSchema)];
    case 'const':
      return oneOf([params.allowedValue]);
    case 'enum':
      return oneOf(params.allowedValues);
    case 'anyOf':
      return choiceOf(parentSchema.anyOf ?? []);
    case 'pattern':
      return [`has to be ${wayToWrite(parentSchema) ?? 'written in another way'}`, CORRECT];
    case 'minLength':
      return limit === 1 ? ['is empty', 'Give it a value.'] : [`must have at least ${limit} characters`, CORRECT];
    case 'maxLength':
      return [`must not have more than ${limit} characters`, 'Shorten it.'];
    case 'maxItems':
      return [`must not have more than ${limit} entries`, 'Leave some out; a group stands for all its members.'];
    default:
      return [message, CORRECT];
  }
}

/** The description of what has to be written in a certain way begins with a sentence that says how. */
function wayToWrite({ description }: Schema): string | undefined {
  const sentence = description?.split(/\.(?=\s|$)/, 1)[0];
  return sentence && sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function oneOf(allowed: unknown): Words {
  const values = Array.isArray(allowed) ? allowed.join(', ') : '';
  return [`must be one of: ${values}`, `Choose one of: ${values}.`];
}

/** Of values, or of objects that say what they are. */
function choiceOf(shapes: Schema[]): Words {
  const values = shapes.map(shape => shape.const);
  return values.includes(undefined)
    ? oneOf(shapes.map(({ properties }) => JSON.stringify({ kind: properties?.kind?.const })))
    : oneOf(values);
}

function fieldsOf({ properties = {} }: Schema): string {
  return `It may have these fields: ${Object.keys(properties).join(', ')}.`;
}

function decode(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
