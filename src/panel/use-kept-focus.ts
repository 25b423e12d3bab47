import * as React from 'react';

import { FOCUSABLE } from '../views/focusable';

/**
 * Keep the keyboard's place where a control with the focus goes away, with its dashboard or because what it did is done: the
 * browser would begin again at the top of Lab. The focus goes on beside the control.
 *
 * @param last has the focus where nothing is left that could
 */
export function useKeptFocus(root: React.RefObject<HTMLElement>, last: () => HTMLElement | null): void {
  const newest = React.useRef(last);
  newest.current = last;
  React.useEffect(() => {
    const element = root.current;
    if (element === null) {
      return;
    }
    let held: HTMLElement | null = null;
    const onFocusIn = ({ target }: FocusEvent) => {
      held = target as HTMLElement;
    };
    // Some browsers tell of a control that is being removed in the same way as of one that was left.
    const onFocusOut = () =>
      queueMicrotask(() => (held = held?.isConnected && held !== document.activeElement ? null : held));
    const observer = new MutationObserver(records => {
      if (held === null || held.isConnected) {
        return;
      }
      const gone = held;
      held = null;
      if (document.activeElement === null || document.activeElement === document.body) {
        const record = records.find(({ removedNodes }) => Array.from(removedNodes).some(node => node.contains(gone)));
        (nearest(record, element) ?? newest.current())?.focus();
      }
    });
    observer.observe(element, { childList: true, subtree: true });
    element.addEventListener('focusin', onFocusIn);
    element.addEventListener('focusout', onFocusOut);
    return () => {
      observer.disconnect();
      element.removeEventListener('focusin', onFocusIn);
      element.removeEventListener('focusout', onFocusOut);
    };
  }, []);
}

/** The first control after what was removed, before it, or around it within `root`. */
function nearest(removal: MutationRecord | undefined, root: HTMLElement): HTMLElement | null {
  const places: (Node | null)[] = removal === undefined ? [] : [removal.nextSibling, removal.previousSibling];
  for (let around = removal?.target ?? null; around !== null && around !== root; around = around.parentNode) {
    places.push(around);
  }
  for (const place of [...places, root]) {
    if (place instanceof HTMLElement && root.contains(place)) {
      const control = place.matches(FOCUSABLE) ? place : place.querySelector<HTMLElement>(FOCUSABLE);
      if (control !== null) {
        return control;
      }
    }
  }
  return null;
}
