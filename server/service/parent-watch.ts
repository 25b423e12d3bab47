/**
 * Calls `gone` once when this process has another parent than at the call: the one that started it has ended without
 * a word. Does not keep the process alive.
 *
 * @returns ends the watch
 */
export function watchParent(gone: () => void, ppid: () => number = () => process.ppid, intervalMs = 500): () => void {
  const parent = ppid();
  const timer = setInterval(() => {
    if (ppid() !== parent) {
      clearInterval(timer);
      gone();
    }
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
