/** What came from the app is no HTTP/1.1 reply, or not a whole one. */
export class ReplyError extends Error {
  readonly code = 'malformed_reply';
}
