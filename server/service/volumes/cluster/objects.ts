import { Type, type Static, type TSchema } from 'typebox';

// What is read of the objects of Kubernetes. They have more, and no part of it has to be known.

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const Texts = Type.Record(Type.String(), Type.String());

export const Metadata = Type.Object({
  name: Type.String(),
  uid: Type.String(),
  labels: optional(Texts),
  annotations: optional(Texts),
  deletionTimestamp: optional(Type.String())
});
export type Metadata = Static<typeof Metadata>;

export const Claim = Type.Object({
  metadata: Metadata,
  spec: Type.Object({
    accessModes: optional(Type.Array(Type.String())),
    storageClassName: optional(Type.String()),
    volumeMode: optional(Type.String()),
    volumeName: optional(Type.String()),
    resources: optional(Type.Object({ requests: optional(Texts) })),
    dataSource: optional(Type.Object({ kind: Type.String(), name: Type.String() }))
  }),
  status: optional(Type.Object({ phase: optional(Type.String()), capacity: optional(Texts) }))
});
export type Claim = Static<typeof Claim>;

export const Snapshot = Type.Object({
  metadata: Metadata,
  status: optional(
    Type.Object({
      readyToUse: optional(Type.Boolean()),
      restoreSize: optional(Type.String()),
      error: optional(Type.Object({ message: optional(Type.String()) }))
    })
  )
});
export type Snapshot = Static<typeof Snapshot>;

const Mount = Type.Object({
  name: Type.String(),
  mountPath: Type.String(),
  subPath: optional(Type.String()),
  subPathExpr: optional(Type.String())
});
const Container = Type.Object({
  env: optional(Type.Array(Type.Object({ name: Type.String(), value: optional(Type.String()) }))),
  volumeMounts: optional(Type.Array(Mount))
});
export type Container = Static<typeof Container>;

/** A volume has one more field, which is named like its type. */
const Volume = Type.Object({
  name: Type.String(),
  persistentVolumeClaim: optional(Type.Object({ claimName: Type.String() }))
});
export type Volume = Static<typeof Volume>;

export const Pod = Type.Object({
  metadata: Metadata,
  spec: Type.Object({
    nodeName: optional(Type.String()),
    containers: Type.Array(Container),
    volumes: optional(Type.Array(Volume))
  }),
  status: optional(Type.Object({ phase: optional(Type.String()) }))
});
export type Pod = Static<typeof Pod>;

/** Of a pod, without its environment, where the tokens of servers are. */
export const PodSummary = Type.Object({ metadata: Metadata });
export type PodSummary = Static<typeof PodSummary>;

export const Event = Type.Object({
  reason: optional(Type.String()),
  message: optional(Type.String()),
  type: optional(Type.String()),
  lastTimestamp: optional(Type.Union([Type.String(), Type.Null()])),
  eventTime: optional(Type.Union([Type.String(), Type.Null()]))
});
export type Event = Static<typeof Event>;

export const AccessReview = Type.Object({ status: Type.Object({ allowed: Type.Boolean() }) });
export const AccountReview = Type.Object({
  status: Type.Object({ userInfo: Type.Object({ username: optional(Type.String()) }) })
});

/** A kind of object: where the API has it, and what is read of it. */
export interface Kind<T extends TSchema> {
  /** '': the core of Kubernetes. */
  group: string;
  version: string;
  /** In paths, and in roles. */
  resource: string;
  schema: T;
  /** Only names, labels and annotations are asked for. */
  summary?: true;
}

export const CLAIMS = { group: '', version: 'v1', resource: 'persistentvolumeclaims', schema: Claim } as const;
export const PODS = { group: '', version: 'v1', resource: 'pods', schema: Pod } as const;
export const POD_SUMMARIES = { ...PODS, schema: PodSummary, summary: true } as const;
export const EVENTS = { group: '', version: 'v1', resource: 'events', schema: Event } as const;
export const SNAPSHOT_GROUP = 'snapshot.storage.k8s.io';
export const SNAPSHOTS = {
  group: SNAPSHOT_GROUP,
  version: 'v1',
  resource: 'volumesnapshots',
  schema: Snapshot
} as const;
/** What is asked about oneself; of no namespace, and kept nowhere. */
export const ACCESS_REVIEWS = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'selfsubjectaccessreviews',
  schema: AccessReview
} as const;
export const ACCOUNT_REVIEWS = {
  group: 'authentication.k8s.io',
  version: 'v1',
  resource: 'selfsubjectreviews',
  schema: AccountReview
} as const;
