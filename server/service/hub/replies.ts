import { Type, type Static } from 'typebox';

import { ClusterEvent } from '../../contract';

const Texts = Type.Array(Type.String());

/** One server of a user, as far as it matters here. */
export const HubServer = Type.Object({
  name: Type.String(),
  ready: Type.Boolean(),
  pending: Type.Union([Type.String(), Type.Null()]),
  url: Type.String(),
  full_url: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** What it was started with. */
  user_options: Type.Optional(Type.Unknown())
});
export type HubServer = Static<typeof HubServer>;

/** GET /users/{name} */
export const HubUser = Type.Object({
  name: Type.String(),
  servers: Type.Optional(Type.Record(Type.String(), HubServer))
});

/** GET /users */
export const HubUsers = Type.Array(HubUser);

/** GET /groups/{name} */
export const HubGroup = Type.Object({ users: Type.Optional(Texts) });

/** GET /user: whose token it is, and what it may do. */
export const HubIdentity = Type.Object({
  kind: Type.String(),
  name: Type.String(),
  admin: Type.Optional(Type.Boolean()),
  groups: Type.Optional(Texts),
  scopes: Type.Optional(Texts)
});
export type HubIdentity = Static<typeof HubIdentity>;

/** POST /oauth2/token */
export const HubToken = Type.Object({ access_token: Type.String({ minLength: 1 }) });

/** Body of the Hub's error replies. */
export const HubError = Type.Object({ message: Type.Optional(Type.String()) });

/** One event of a server's progress stream. */
export const HubProgress = Type.Object({
  failed: Type.Optional(Type.Boolean()),
  message: Type.Optional(Type.String()),
  /** Of KubeSpawner and of our part in the Hub: what Kubernetes said. */
  raw_event: Type.Optional(ClusterEvent)
});
