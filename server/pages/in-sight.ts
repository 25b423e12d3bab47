/**
 * A page that nobody sees ends its event stream after so many milliseconds: over HTTP/1.1 browsers allow six connections to a
 * host, in all tabs together, and six streams would leave none for any other page of the hub.
 */
export const HIDDEN_FOR_MS = 5_000;

/**
 * Script: `whileInSight(open, close)` calls `open` when the page is seen, at once if it is by now, and `close` some seconds
 * after it no longer is. The calls alternate.
 */
export const WHILE_IN_SIGHT_SCRIPT = `
  const whileInSight = (open, close) => {
    let isOpen = false;
    let hidden = 0;
    const look = () => {
      clearTimeout(hidden);
      if (document.visibilityState === 'visible') {
        if (!isOpen) open();
        isOpen = true;
      } else if (isOpen) {
        hidden = setTimeout(() => { isOpen = false; close(); }, ${HIDDEN_FOR_MS});
      }
    };
    document.addEventListener('visibilitychange', look);
    look();
  };
`;
