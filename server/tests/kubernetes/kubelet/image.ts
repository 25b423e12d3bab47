/**
 * What stands for a container image: this machine's own files, of which each container has a private, writable view, with
 * these settings of an image.
 */
export interface Image {
  /** Whom the container runs as, with an account in its `/etc/passwd`. */
  user: { name: string; uid: number; gid: number };
  home: string;
  /** Files that it runs, wherever they are: in the container the folders that lead to them let its user pass. */
  files?: string[];
  env: Record<string, string>;
  command: string[];
}
