import type { AuditEntry } from '../audit/audit';
import type { GitCredentialRecord } from './store';

/** `ssh key for git.example.org, 1f0…`: what it is for, and nothing that opens anything. */
export function describeCredential({ kind, host, id }: GitCredentialRecord): string {
  return `${kind === 'token' ? 'token' : 'ssh key'} for ${host}, ${id}`;
}

/** @param actor - empty: the service itself, for somebody who is no user of the Hub any more. */
export function credentialRemoved(record: GitCredentialRecord, actor: string, at: number): AuditEntry {
  return { actor, action: 'credential_removed', detail: describeCredential(record), at };
}
