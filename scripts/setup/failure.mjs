/** A failure that is explained to a person: one plain sentence, what to do next, and the log to look at. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {{ fix?: string, log?: string, tail?: string, cause?: unknown }} [more]
   */
  constructor(message, more = {}) {
    // Test runners print the cause of an error and none of its other properties.
    super(message, {
      cause: more.cause ?? (more.tail && new Error(`The end of ${more.log ?? 'its output'}:\n${more.tail}`))
    });
    this.name = 'Failure';
    this.fix = more.fix;
    this.log = more.log;
    this.tail = more.tail;
  }
}

/** This machine lacks what tests need that not every machine can run. */
export class Lacking extends Failure {}

/** Prints an error of any kind; a stack only for those that nobody has foreseen. */
export function explain(error) {
  if (!(error instanceof Failure)) {
    return `\n✗ Something unforeseen went wrong.\n${error?.stack ?? error}\n`;
  }
  const lines = [`\n✗ ${error.message}`];
  if (error.tail) {
    lines.push(...error.tail.split('\n').map(line => `    ${line}`));
  }
  if (error.fix) {
    lines.push(`  ${error.fix}`);
  }
  if (error.log) {
    lines.push(`  Log: ${error.log}`);
  }
  return `${lines.join('\n')}\n`;
}
