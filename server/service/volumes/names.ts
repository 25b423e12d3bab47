import { createHmac } from 'node:crypto';

import type { Metadata } from './cluster/objects';
import type { VersionVolume } from './volumes';

const PREFIX = 'jupyterhub-dashboards';
const MANAGED_BY = 'app.kubernetes.io/managed-by';
const INSTANCE = `${PREFIX}/instance`;
const DASHBOARD = `${PREFIX}/dashboard`;
const VERSION = `${PREFIX}/version`;
const BUILD = `${PREFIX}/build`;
const OWNER = `${PREFIX}/owner`;
const SOURCE = `${PREFIX}/source`;

const HASH_CHARACTERS = 16;
const ID_CHARACTERS = 12;

/** How the claims and snapshots of one service are named, and known again. */
export interface Names {
  /** Of the claim of a version, and of its snapshot: the same each time, and nobody else can tell it. */
  of(version: VersionVolume): string;
  /** For what is made for a version out of a claim. */
  metadata(version: VersionVolume, source: string): Omit<Metadata, 'uid'>;
  /** Whether this was made for that build. Whatever else has its name may hold anything. */
  isOf(version: VersionVolume, made: Metadata): boolean;
  /** Selects all of them, or those of a dashboard. */
  selector(dashboardId?: string): string;
}

/** @param instance of the service: random, of letters and digits, and kept as long as its database. */
export function createNames(instance: string): Names {
  const labels = ({ dashboardId, n }: VersionVolume) => ({
    [MANAGED_BY]: PREFIX,
    [INSTANCE]: instance,
    [DASHBOARD]: dashboardId,
    [VERSION]: String(n)
  });
  const nameOf = ({ dashboardId, n, buildId }: VersionVolume) => {
    const hash = createHmac('sha256', instance).update(`${dashboardId}/${n}/${buildId}`).digest('hex');
    const id = dashboardId
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, ID_CHARACTERS);
    return `dash-${id}-v${n}-${hash.slice(0, HASH_CHARACTERS)}`;
  };
  return {
    of: nameOf,
    metadata: (version, source) => ({
      name: nameOf(version),
      labels: labels(version),
      annotations: { [OWNER]: version.owner, [BUILD]: version.buildId, [SOURCE]: source }
    }),
    isOf: (version, made) =>
      Object.entries(labels(version)).every(([name, value]) => made.labels?.[name] === value) &&
      made.annotations?.[BUILD] === version.buildId,
    selector: dashboardId => {
      const of = dashboardId === undefined ? {} : { [DASHBOARD]: dashboardId };
      return Object.entries({ [MANAGED_BY]: PREFIX, [INSTANCE]: instance, ...of })
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
    }
  };
}

/** Which version something was made for. */
export function versionOf({ labels = {} }: Metadata): { dashboardId: string; n: number } {
  return { dashboardId: labels[DASHBOARD] ?? '', n: Number(labels[VERSION]) };
}
