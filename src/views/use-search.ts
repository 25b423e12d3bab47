import * as React from 'react';

/** The service is asked when somebody has stopped typing for this long. */
const PAUSE_MS = 250;

/** A search field: what is typed at once, and `onSearch` when typing pauses. */
export function useSearch(onSearch: (text: string) => void): { typed: string; setTyped: (text: string) => void } {
  const [typed, setTyped] = React.useState('');
  const search = React.useRef(onSearch);
  search.current = onSearch;
  const first = React.useRef(true);
  React.useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = setTimeout(() => search.current(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return { typed, setTyped };
}
