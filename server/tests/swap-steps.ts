/** What is done to a dashboard while people look at it. */
export type SwapStep = 'update' | { rollBack: number };

/** Ten updates, and five roll backs to versions that are still being drained, or have ended. */
export const SWAP_STEPS: readonly SwapStep[] = [
  'update',
  'update',
  { rollBack: 1 },
  'update',
  { rollBack: 3 },
  { rollBack: 2 },
  'update',
  'update',
  'update',
  { rollBack: 4 },
  'update',
  'update',
  'update',
  { rollBack: 6 },
  'update'
];
