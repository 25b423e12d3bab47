import type { Fetch } from './request';

/** Requests to the Hub so far: answered, refused (4xx), failed at the Hub (5xx), not answered. */
export interface HubRequests {
  answered: number;
  refused: number;
  failed: number;
  unanswered: number;
}

/** Counts what goes through `fetch`, in `requests`. */
export function countFetch(fetch: Fetch, requests: HubRequests): Fetch {
  return async (...args) => {
    try {
      const response = await fetch(...args);
      requests[response.status < 400 ? 'answered' : response.status < 500 ? 'refused' : 'failed'] += 1;
      return response;
    } catch (error) {
      requests.unanswered += 1;
      throw error;
    }
  };
}
