import type { AppStatus, Heartbeat, HeartbeatReply, StoredVersions } from '../../contract';
import type { Clock } from '../clock';
import type { Log } from '../log';
import type { Connections } from '../proxy/connections';
import { FRESH, LEASE, type Session, type Sessions } from './sessions';

const INTERVAL = 4_000;
const PATIENCE = 2_000;
/** As many as one heartbeat may name. */
const MAX_REPORTED = 10_000;

export interface HeartbeatOptions {
  startId: string;
  sessions: Sessions;
  connections: Connections;
  status(): AppStatus;
  /** Told once; null: not known yet. */
  stored(): StoredVersions | null;
  /** Rejects when the service does not answer. */
  send(heartbeat: Heartbeat): Promise<HeartbeatReply>;
  clock: Clock;
  log: Log;
}

/** Tells the service which sessions are in use; its answer is what keeps them alive. */
export class HeartbeatLoop {
  readonly #touched = new Set<string>();
  #lastActivity: number | null = null;
  #running: Promise<boolean> | null = null;
  #following: Promise<boolean> | null = null;
  #cancelTimer: () => void = () => {};
  #stopped = false;
  #away = false;
  #storedTold = false;

  constructor(private readonly options: HeartbeatOptions) {}

  /** Time of a viewer's last request, or null. */
  get lastActivity(): number | null {
    return this.#lastActivity;
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /** Notes a request of `session`. */
  touch(session: Session): void {
    const now = this.options.clock.now();
    session.usedAt = now;
    this.#lastActivity = now;
    this.#touched.add(session.id);
  }

  /** Notes a request of `session`; whether it may be used with no question asked, as nearly always. */
  confirmed(session: Session): boolean {
    const { clock } = this.options;
    const now = clock.now();
    this.touch(session);
    return session.confirmedAt + FRESH > now || (session.leaseUntil > now && this.#away);
  }

  /**
   * Whether `session` may be used now. One that is not `confirmed` waits for one answer of the service; while the service
   * is away, the lease decides.
   */
  async confirm(session: Session): Promise<'valid' | 'ended' | 'unknown'> {
    const { clock, sessions } = this.options;
    if (this.confirmed(session)) {
      return 'valid';
    }
    const leased = session.leaseUntil > clock.now();
    const answered = await (leased ? Promise.race([this.beat(), this.#patience()]) : this.beat());
    if (sessions.get(session.id) === null) {
      return 'ended';
    }
    return session.leaseUntil > clock.now() && (answered || leased) ? 'valid' : 'unknown';
  }

  /** A service that hangs does not hang the viewers whose lease still runs. */
  #patience(): Promise<false> {
    return new Promise(resolve => this.options.clock.after(PATIENCE, () => resolve(false)));
  }

  /** Sends a heartbeat that holds everything known now; true when the service has answered. Calls share one request. */
  beat(): Promise<boolean> {
    if (this.#running === null) {
      this.#running = this.#send().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#following ??= this.#running.then(() => {
      this.#following = null;
      return this.beat();
    });
    return this.#following;
  }

  /** Ends sessions and everything they have open. */
  end(ids: readonly string[]): void {
    for (const id of ids) {
      this.options.sessions.end(id);
      this.options.connections.closeSession(id);
      this.#touched.delete(id);
    }
  }

  async #send(): Promise<boolean> {
    const { clock, connections, sessions, startId, log } = this.options;
    const sentAt = clock.now();
    const reported = [...new Set([...this.#touched, ...connections.sessions()])].slice(0, MAX_REPORTED);
    reported.forEach(id => this.#touched.delete(id));
    const versions = this.#storedTold ? null : this.options.stored();
    try {
      const reply = await this.options.send({
        startId,
        app: this.options.status(),
        sessions: reported,
        connections: connections.lasting(),
        lastActivity: this.#lastActivity === null ? null : new Date(this.#lastActivity).toISOString(),
        ...(versions && { versions })
      });
      this.#storedTold ||= versions !== null;
      this.end(reply.ended);
      for (const id of reported) {
        const session = sessions.get(id);
        if (session !== null) {
          session.confirmedAt = sentAt;
          session.leaseUntil = sentAt + LEASE;
        }
      }
      this.#away = false;
      return true;
    } catch (error) {
      reported.forEach(id => this.#touched.add(id));
      if (!this.#away) {
        this.#away = true;
        log.warn({ err: error }, 'the service does not answer heartbeats');
      }
      return false;
    } finally {
      this.#closeLapsed();
    }
  }

  /** Open connections of sessions that nobody confirms any more are cut: in doubt, nobody looks. */
  #closeLapsed(): void {
    const { clock, sessions, connections } = this.options;
    const now = clock.now();
    for (const session of sessions.all()) {
      if (session.expiresAt <= now) {
        this.end([session.id]);
      } else if (session.leaseUntil <= now) {
        connections.closeSession(session.id);
      }
    }
  }

  #schedule(): void {
    this.#cancelTimer = this.options.clock.after(INTERVAL, () => {
      void this.beat().finally(() => {
        if (!this.#stopped) {
          this.#schedule();
        }
      });
    });
  }
}
