import type { Html } from '../../pages/html';
import { messagePage } from './message-page';

export interface Late {
  /** How long was waited. */
  seconds: number;
  /** The address that was asked for. */
  again: string;
  /** Whether its owner looks, who can do something about it. */
  owner: boolean;
}

/** In place of an answer that an app did not give in time. */
export function latePage(prefix: string, { seconds, again, owner }: Late): Html {
  return messagePage(prefix, {
    title: 'This dashboard takes too long',
    message: `The dashboard has not answered within ${seconds} s.`,
    fix: owner
      ? 'Try again. If it happens again, look into its log, or ask your administrator for more time.'
      : 'Try again. If it happens again, tell its owner.',
    action: { label: 'Try again', href: again }
  });
}
