import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

/**
 * The service's log: one JSON object a line. Addresses are written without their query, in which tickets and codes
 * travel, and headers are not written at all.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: 'dashboards' },
    serializers: {
      err: stdSerializers.err,
      req: (request: { method?: string; url?: string }) => ({
        method: request.method,
        path: (request.url ?? '').split('?', 1)[0]
      }),
      res: (reply: { statusCode?: number }) => ({ status: reply.statusCode })
    },
    redact: { paths: ['token', '*.token', '*.authorization', '*.cookie', '*.access_token'], censor: '[hidden]' }
  };
  return destination ? pino(options, destination) : pino(options);
}
