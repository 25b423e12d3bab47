/** The most that one version may hold. */
export interface Limits {
  files: number;
  bytes: number;
}

export const DEFAULT_LIMITS: Limits = { files: 200_000, bytes: 20 * 2 ** 30 };
