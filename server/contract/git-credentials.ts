import { Type, type Static } from 'typebox';

import { Time } from './fields';
import { LIMITS } from './names';

const Host = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'The host whose repositories it opens, without port and path: `github.com`. It is shown to no other.'
});

/** POST /api/v1/git-credentials */
export const GitCredentialRequest = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('token', { description: 'Always `token`: for addresses with https.' }),
        host: Host,
        username: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 255,
            pattern: '^[^\\u0000-\\u001f\\u007f:\\ud800-\\udfff]+$',
            description:
              'Without control characters and `:`. Name that goes with the token; left out: one that GitHub, GitLab and Bitbucket take.'
          })
        ),
        token: Type.String({
          minLength: 1,
          maxLength: LIMITS.gitSecret,
          pattern: '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$',
          description: 'Without control characters. A token or password; never told again.'
        })
      },
      { additionalProperties: false, description: 'A token.' }
    ),
    Type.Object(
      {
        kind: Type.Literal('ssh_key', { description: 'Always `ssh_key`: for addresses like `git@host:path`.' }),
        host: Host,
        privateKey: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: LIMITS.gitSecret,
            description:
              'Text of a private key without a passphrase; never told again. Left out: a new key is made, whose public half is in the reply.'
          })
        ),
        knownHosts: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: LIMITS.gitSecret,
            description:
              'Lines as in `known_hosts`: the keys that the host is known by. Left out: the one that it shows at first.'
          })
        )
      },
      { additionalProperties: false, description: 'A key for ssh, such as a deploy key.' }
    )
  ],
  { description: 'What private repositories of a host are read with.' }
);
export type GitCredentialRequest = Static<typeof GitCredentialRequest>;

/** All that is ever told of one. */
export const GitCredential = Type.Object(
  {
    id: Type.String({ description: 'Its id, for `credential` of a source.' }),
    kind: Type.Enum(['token', 'ssh_key'], { description: '`token`: for https; `ssh_key`: for ssh.' }),
    host: Type.String({ description: 'The host that it is for.' }),
    username: Type.Union([Type.String(), Type.Null()], {
      description: 'Name that goes with a token; null: none given.'
    }),
    publicKey: Type.Union([Type.String(), Type.Null()], {
      description: 'Public half of a key that was made here, to be added at the host; null for all others.'
    }),
    createdAt: Type.With(Time, { description: 'When it was stored: ISO 8601, UTC.' })
  },
  { description: 'A stored git credential, without what is secret.' }
);
export type GitCredential = Static<typeof GitCredential>;

export const GitCredentialReply = Type.Object(
  { credential: GitCredential },
  { description: 'One stored git credential.' }
);
export type GitCredentialReply = Static<typeof GitCredentialReply>;

export const GitCredentialList = Type.Object(
  { credentials: Type.Array(GitCredential, { description: 'The oldest first.' }) },
  { description: 'The git credentials of the caller.' }
);
export type GitCredentialList = Static<typeof GitCredentialList>;

const Text = Type.String({ maxLength: LIMITS.gitSecret });
const OrNull = Type.Union([Text, Type.Null()]);

/**
 * GET runner/builds/:id/git-credential, by the server of the dashboard that is being built, while it is. Only git gets
 * what is in it.
 */
export const GitCredentialSecret = Type.Union([
  Type.Object({ kind: Type.Literal('token'), host: Text, username: OrNull, token: Text }),
  Type.Object({ kind: Type.Literal('ssh_key'), host: Text, privateKey: Text, knownHosts: OrNull })
]);
export type GitCredentialSecret = Static<typeof GitCredentialSecret>;
