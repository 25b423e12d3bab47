import { Type, type Static } from 'typebox';

/** What Kubernetes says about a server's pod, or a claim that the pod waits for: the part of its events that matters. */
export const ClusterEvent = Type.Object({
  reason: Type.String({ maxLength: 255 }),
  message: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  involvedObject: Type.Object({
    /** `Pod` or `PersistentVolumeClaim`. */
    kind: Type.String({ maxLength: 255 }),
    /** A container of the pod: `spec.containers{notebook}`. */
    fieldPath: Type.Optional(Type.String({ maxLength: 1_000 }))
  }),
  type: Type.Optional(Type.String({ maxLength: 255 }))
});
export type ClusterEvent = Static<typeof ClusterEvent>;

/** What the Hub hears of a server that was running: POST internal/server-news with `Authorization: Bearer <hook key>`. */
export const ServerNews = Type.Object({
  userName: Type.String({ maxLength: 255 }),
  serverName: Type.String({ maxLength: 255 }),
  events: Type.Array(ClusterEvent, { maxItems: 50 })
});
export type ServerNews = Static<typeof ServerNews>;
