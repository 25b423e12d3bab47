import type { Addresses } from '../../addresses';

/** JupyterLab of whoever follows it. */
export function labAddress({ hubUrl }: Addresses): string {
  return `${hubUrl}user-redirect/lab`;
}
