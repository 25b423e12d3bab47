/**
 * A signal that is aborted when this process is asked to end: by Ctrl-C, by kill, by its terminal, or by the end of the
 * process that has started it under the newer Node.
 *
 * @returns {AbortSignal}
 */
export function interruption() {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, abort);
  }
  process.on('disconnect', abort);
  // Listening for it is no reason to go on living.
  process.channel?.unref();
  return controller.signal;
}

/** Resolves when `signal` is aborted. */
export function aborted(signal) {
  return new Promise(resolve => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
