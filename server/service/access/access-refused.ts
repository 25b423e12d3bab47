import { ServiceError } from '../errors';

/** Whom a decision about access went against. */
export interface Refused {
  /** Name of the Hub user; empty where the request was refused before anybody was looked up. */
  actor: string;
  /** Null where it was not about one dashboard. */
  dashboard: { id: string; slug: string; owner: string } | null;
}

/** A failure that is a decision against somebody: beside its answer, it goes into the audit records. */
export class AccessRefused extends ServiceError {
  constructor(
    { code, status, message, fix, detail }: ServiceError,
    readonly refused: Refused
  ) {
    super(code, status, message, fix, detail);
  }
}
