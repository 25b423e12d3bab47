const UNITS = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const FORM = /^([0-9.]+)(?:([kMGTPE]?)(i?)|[eE]([0-9]+))$/;

/** The largest of sizes as Kubernetes writes them: `10Gi`, `500M`, `1073741824`, `12e6`. */
export function largest(sizes: readonly (string | undefined)[]): string | undefined {
  const given = sizes.filter(size => size !== undefined);
  return given.toSorted((one, other) => bytes(other) - bytes(one))[0];
}

function bytes(size: string): number {
  const [, number = '0', unit = '', binary = '', exponent] = FORM.exec(size.replace('K', 'k')) ?? [];
  const factor = exponent === undefined ? (binary ? 1_024 : 1_000) ** UNITS.indexOf(unit) : 10 ** Number(exponent);
  return Number(number) * factor;
}
