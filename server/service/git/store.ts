import type { AuditEntry } from '../audit/audit';

/** A stored credential. `sealed` holds what is secret, and only the key file opens it. */
export interface GitCredentialRecord {
  id: string;
  owner: string;
  /** The Hub's number of its owner; null until a build of theirs has used it. */
  ownerHubId: number | null;
  kind: 'token' | 'ssh_key';
  host: string;
  username: string | null;
  publicKey: string | null;
  sealed: string;
  createdAt: string;
}

/** Each change is recorded with it. */
export interface GitCredentialStore {
  /** False where the owner has `most` of them already. */
  add(record: GitCredentialRecord, most: number, entry: AuditEntry): Promise<boolean>;
  of(owner: string): Promise<GitCredentialRecord[]>;
  get(id: string): Promise<GitCredentialRecord | null>;
  /** False where the owner has none of that id. */
  remove(owner: string, id: string, entry: (record: GitCredentialRecord) => AuditEntry): Promise<boolean>;
  /** Remembers whose it is. False: it is another one's, who had the same name. */
  bindOwner(id: string, hubId: number): Promise<boolean>;
  owners(): Promise<string[]>;
  removeAllOf(owner: string, entry: (record: GitCredentialRecord) => AuditEntry): Promise<void>;
}
