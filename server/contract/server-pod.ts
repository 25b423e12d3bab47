import { Type, type Static } from 'typebox';

/** What the author of a server has chosen on the Hub's page for it, as KubeSpawner keeps it: `profile`, and its options by their names. */
export const Profile = Type.Record(Type.String({ maxLength: 255 }), Type.String({ maxLength: 1_000 }), {
  maxProperties: 50
});
export type Profile = Static<typeof Profile>;

/** What the pod of a server is made with: POST internal/server-pod with `Authorization: Bearer <hook key>`, just before it is. */
export const ServerPod = Type.Object({
  userName: Type.String({ maxLength: 255 }),
  serverName: Type.String({ maxLength: 255 }),
  /** Of the container that the dashboard runs in. */
  image: Type.String({ maxLength: 1_000 }),
  profile: Profile
});
export type ServerPod = Static<typeof ServerPod>;
