/** Names of the cookies that are none of an app's business: ours and the Hub's. */
const RESERVED = /^(?:__secure-|__host-)?(?:dash-session$|dash-flow-|jupyterhub-)/i;

/** Whether cookies of this name belong to the runner or to the Hub. */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/** One `name=value` of a Cookie header. */
export interface RequestCookie {
  name: string;
  value: string;
  /** As it stood in the header. */
  text: string;
}

/** The cookies of a Cookie header, in its order; a name may come more than once. */
export function parseCookies(header: string | undefined): RequestCookie[] {
  return (header ?? '')
    .split(';')
    .map(text => text.trim())
    .filter(text => text !== '')
    .map(text => {
      const at = text.indexOf('=');
      return { name: at < 0 ? '' : text.slice(0, at).trim(), value: text.slice(at + 1).trim(), text };
    });
}

/** A Cookie header without reserved names, or null when nothing is left. */
export function cookiesForApp(header: string): string | null {
  const kept = parseCookies(header).filter(({ name, text }) => !isReserved(name) && !(name === '' && hidesName(text)));
  return kept.length === 0 ? null : kept.map(({ text }) => text).join('; ');
}

/**
 * A Set-Cookie of an app as it may reach the browser: its path stays within `prefix` and it has no domain, so that apps
 * of other authors, Lab and the Hub never get it. Null when it may not pass at all.
 */
export function cookieFromApp(header: string, prefix: string): string | null {
  const [pair = '', ...attributes] = header.split(';');
  const at = pair.indexOf('=');
  const name = at < 0 ? '' : pair.slice(0, at).trim();
  // A nameless cookie `=dash-session=x` is sent back as if it had that name.
  if (name === '' || isReserved(name)) {
    return null;
  }
  let path: string | null = null;
  const kept = attributes.filter(attribute => {
    const [key = '', ...value] = attribute.split('=');
    const lower = key.trim().toLowerCase();
    if (lower === 'path') {
      path = value.join('=').trim();
    }
    return lower !== 'path' && lower !== 'domain';
  });
  if (path !== null) {
    kept.push(` Path=${isWithin(path, prefix) ? path : prefix}`);
  }
  return [pair, ...kept].join(';');
}

function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) || `${path}/` === prefix;
}

function hidesName(text: string): boolean {
  return isReserved(text.replace(/^=+/, '').split('=')[0]?.trim() ?? '');
}
