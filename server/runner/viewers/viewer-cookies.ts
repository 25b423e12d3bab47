import { parseCookies } from '../proxy/cookies';

const TRIES = 'tries';

/** Makes and reads the runner's own cookies. */
export class ViewerCookies {
  /** `prefix` is the server's path. */
  constructor(
    private readonly prefix: string,
    private readonly runnerPath: string
  ) {}

  /** Values of every session cookie in the header; more than one if somebody has planted another. */
  sessionSecrets(header: string | undefined, secure: boolean): string[] {
    const name = sessionName(secure);
    return parseCookies(header)
      .filter(cookie => cookie.name === name)
      .map(cookie => cookie.value);
  }

  /** `__Host-` would need the path `/` and reach every author's dashboards; the exact path matters more. */
  setSession(secret: string, secure: boolean): string {
    return `${sessionName(secure)}=${secret}; Path=${this.prefix}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  flowNonce(header: string | undefined, flowId: string, secure: boolean): string | null {
    const name = flowName(flowId, secure);
    return parseCookies(header).find(cookie => cookie.name === name)?.value ?? null;
  }

  setFlow(flowId: string, nonce: string, secure: boolean): string {
    return this.#flow(flowId, nonce, 120, secure);
  }

  clearFlow(flowId: string, secure: boolean): string {
    return this.#flow(flowId, '', 0, secure);
  }

  /** How many sessions this browser was given lately without having one to show. */
  tries(header: string | undefined, secure: boolean): number {
    const tries = Number(this.flowNonce(header, TRIES, secure) ?? 0);
    return Number.isInteger(tries) && tries > 0 ? tries : 0;
  }

  setTries(tries: number, secure: boolean): string {
    return this.#flow(TRIES, String(tries), 30, secure);
  }

  #flow(flowId: string, value: string, maxAge: number, secure: boolean): string {
    const ending = secure ? '; Secure' : '';
    return `${flowName(flowId, secure)}=${value}; Path=${this.runnerPath}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${ending}`;
  }
}

function sessionName(secure: boolean): string {
  return secure ? '__Secure-dash-session' : 'dash-session';
}

function flowName(flowId: string, secure: boolean): string {
  return `${secure ? '__Secure-' : ''}dash-flow-${flowId}`;
}
