import { LIMITS } from '../../contract';

/** `user@host:path`, which ssh alone knows. */
const SCP = /^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._-]+:(?!\/\/)[^\s]+$/;

/** The address of a remote as a hub can use it, without anybody's password; null where it is not by https or ssh. */
export function publicUrl(url: string): string | null {
  if (url.length > LIMITS.path || url.startsWith('-') || /[\s\p{Cc}]/u.test(url)) {
    return null;
  }
  if (!url.includes('://')) {
    return SCP.test(url) && !url.includes('::') ? url : null;
  }
  const parsed = URL.parse(url);
  if (parsed === null || !['https:', 'ssh:'].includes(parsed.protocol) || parsed.hostname === '') {
    return null;
  }
  parsed.password = '';
  if (parsed.protocol === 'https:') {
    // A token is often the name.
    parsed.username = '';
  }
  return parsed.href;
}
