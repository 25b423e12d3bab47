/**
 * What is not the same in two objects of the API, a line each: where, and what it is in the one and in the other. Items of
 * lists that have names are found by these, since their order means nothing; all other lists are compared item by item.
 */
export function differences(one: unknown, other: unknown, path = ''): string[] {
  if (same(one, other)) {
    return [];
  }
  if (isParent(one) && isParent(other) && Array.isArray(one) === Array.isArray(other)) {
    const [before, after] = [children(one), children(other)];
    const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted();
    return keys.flatMap(key => differences(before.get(key), after.get(key), path ? `${path}.${key}` : key));
  }
  return [`${path}: ${shown(one)} -> ${shown(other)}`];
}

const ABSENT = 'absent';

function shown(value: unknown): string {
  return value === undefined ? ABSENT : JSON.stringify(value);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isParent(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** By their keys. What has no name of its own in a list has its place there. */
function children(value: object): Map<string, unknown> {
  if (!Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  return new Map(value.map((item: unknown, index) => [nameOf(item) ?? String(index), item]));
}

function nameOf(item: unknown): string | null {
  return isParent(item) && 'name' in item && typeof item.name === 'string' ? item.name : null;
}
