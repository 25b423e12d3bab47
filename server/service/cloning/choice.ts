import { isCloneStrategy, type CloneStrategy, type Source, type Strategy } from '../../contract';

/**
 * By which strategies files are cloned, in the order in which they are tried: those that the administrator names before
 * `relay`, which takes all files that come to it.
 */
export function cloneStrategies(allowed: readonly Strategy[]): CloneStrategy[] {
  const end = allowed.indexOf('relay');
  return (end < 0 ? allowed : allowed.slice(0, end)).filter(isCloneStrategy);
}

/** Whether the volume of a source's files may have to be cloned before a runner gets to them. */
export function mayBeCloned(source: Source, allowed: readonly Strategy[]): boolean {
  return source.kind === 'files' && !source.live && cloneStrategies(allowed).length > 0;
}
