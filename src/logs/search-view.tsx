import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LIMITS } from '../../server/contract';
import type { LogModel } from './log-model';

interface SearchProps {
  field: React.RefObject<HTMLInputElement>;
  text: string;
  onText: (text: string) => void;
  /** Lines with the text, among those that have been read. */
  hits: number;
  /** Which of them is shown, from 1. */
  position: number | null;
  onStep: (step: 1 | -1) => void;
  model: LogModel;
  trans: TranslationBundle;
}

/** Finds lines: among those that are shown, or in the whole log. */
export function SearchView({
  field,
  text,
  onText,
  hits,
  position,
  onStep,
  model,
  trans
}: SearchProps): React.JSX.Element {
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape' && text !== '') {
      event.stopPropagation();
      onText('');
    }
  };
  // The service knows the lines that have not been read.
  const onlyHits = model.filter !== '';
  React.useEffect(() => {
    if (onlyHits && model.filter !== text) {
      model.show({ filter: text });
    }
  }, [text]);
  return (
    <div role="search" className="jp-DashboardsLogView-search">
      <input
        ref={field}
        type="search"
        aria-label={trans.__('Search the log')}
        placeholder={trans.__('Search the log')}
        maxLength={LIMITS.search}
        value={text}
        onChange={event => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="button" className="jp-mod-styled" disabled={hits === 0} onClick={() => onStep(-1)}>
        {trans.__('Previous')}
      </button>
      <button type="button" className="jp-mod-styled" disabled={hits === 0} onClick={() => onStep(1)}>
        {trans.__('Next')}
      </button>
      <label className="jp-DashboardsChoice">
        <input
          type="checkbox"
          checked={onlyHits}
          disabled={text === ''}
          onChange={event => model.show({ filter: event.target.checked ? text : '' })}
        />
        {trans.__('Only these lines, from the whole log')}
      </label>
      <span role="status" className="jp-DashboardsField-hint">
        {text === '' ? '' : found(hits, position, model.hasOlder, trans)}
      </span>
    </div>
  );
}

function found(hits: number, position: number | null, hasOlder: boolean, trans: TranslationBundle): string {
  const count =
    position === null ? trans._n('%1 line found', '%1 lines found', hits) : trans.__('line %1 of %2', position, hits);
  return hasOlder ? trans.__('%1 (older lines are not shown)', count) : count;
}
