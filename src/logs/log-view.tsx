import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Version } from '../../server/contract';
import { ProblemView } from '../views/problem-view';
import { useSignal } from '../views/use-signal';
import { BlockView, lineSelector } from './block-view';
import { findLines, nextHit } from './find';
import type { LogModel } from './log-model';
import { NewLinesView } from './new-lines-view';
import { SearchView } from './search-view';
import { ToolbarView } from './toolbar-view';

interface LogViewProps {
  model: LogModel;
  /** Asked once, for the choice between versions. */
  loadVersions: () => Promise<Version[]>;
  /** How it opens. */
  initial: { follow: boolean; wrap: boolean };
  onDownload: () => Promise<void>;
  trans: TranslationBundle;
}

/** Nearer to the end than this many pixels is at the end. */
const END_PX = 24;

/** The log of a dashboard: what to show above, the lines below. */
export function LogView(props: LogViewProps): React.JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const scroller = React.useRef<HTMLDivElement>(null);
  const searchField = React.useRef<HTMLInputElement>(null);
  const [follow, setFollow] = React.useState(props.initial.follow);
  const [wrap, setWrap] = React.useState(props.initial.wrap);
  const [text, setText] = React.useState('');
  const [current, setCurrent] = React.useState<number | null>(null);
  const { blocks } = model;
  // Thousands of lines are searched and marked after the letter that was typed has been shown.
  const wanted = React.useDeferredValue(text);
  const hits = React.useMemo(() => findLines(blocks, wanted), [blocks, wanted]);
  const hitLines = React.useMemo(() => new Set(hits), [hits]);

  const go = (step: 1 | -1) => {
    const next = nextHit(hits, current, step);
    setCurrent(next);
    if (next !== null) {
      setFollow(false);
      scroller.current?.querySelector(lineSelector(next))?.scrollIntoView({ block: 'center' });
    }
  };
  useStayAtEnd(scroller, follow, blocks);
  useStayInPlace(scroller, follow, blocks[0]?.[0]?.seq ?? null);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      event.stopPropagation();
      searchField.current?.select();
    }
  };
  let versionBefore: number | null = model.version === null ? 0 : null;
  return (
    <div className="jp-DashboardsLogView" onKeyDown={onKeyDown}>
      <ToolbarView {...props} follow={follow} onFollow={on => setFollow(on)} wrap={wrap} onWrap={on => setWrap(on)} />
      <SearchView
        field={searchField}
        text={text}
        onText={typed => {
          setText(typed);
          setCurrent(null);
        }}
        hits={hits.length}
        position={current === null ? null : hits.indexOf(current) + 1}
        onStep={go}
        model={model}
        trans={trans}
      />
      {model.problem !== null && (
        <ProblemView
          problem={model.problem}
          onRetry={model.problem.code === 'not_found' ? undefined : () => model.show()}
          trans={trans}
        />
      )}
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={trans.__('Log')}
        aria-busy={model.isReading}
        tabIndex={0}
        className="jp-DashboardsLogView-lines"
        data-wrap={wrap}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const atEnd = scrollHeight - scrollTop - clientHeight < END_PX;
          if (!atEnd && follow) {
            setFollow(false);
          }
        }}
      >
        {model.hasOlder && (
          <button
            type="button"
            className="jp-mod-styled"
            // Not `disabled`: that would take the focus from it.
            aria-disabled={model.isReading}
            onClick={() => void model.showOlder()}
          >
            {model.isReading ? trans.__('Reading…') : trans.__('Older lines')}
          </button>
        )}
        {blocks.map(block => {
          const before = versionBefore;
          versionBefore = before === null ? null : (block.at(-1)?.version ?? before);
          return (
            <BlockView
              key={block[0]?.seq ?? 0}
              lines={block}
              versionBefore={before}
              text={block.some(({ seq }) => hitLines.has(seq)) ? wanted : ''}
              current={block.some(({ seq }) => seq === current) ? current : null}
              trans={trans}
            />
          );
        })}
        {model.count === 0 && model.problem === null && (
          <p className="jp-DashboardsField-hint">
            {!model.isRead
              ? trans.__('Reading the log…')
              : model.filter === ''
                ? trans.__('Nothing has been written yet.')
                : trans.__('No line contains “%1”.', model.filter)}
          </p>
        )}
      </div>
      <NewLinesView model={model} trans={trans} />
    </div>
  );
}

/** Scroll to the end whenever there is more, while the log is followed. */
function useStayAtEnd(scroller: React.RefObject<HTMLElement>, follow: boolean, blocks: unknown): void {
  React.useLayoutEffect(() => {
    if (follow && scroller.current !== null) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [follow, blocks]);
}

/** Keep the same lines in sight when older ones are put before them. */
function useStayInPlace(scroller: React.RefObject<HTMLElement>, follow: boolean, first: number | null): void {
  const seen = React.useRef<{ first: number | null; height: number }>({ first, height: 0 });
  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const { first: before, height } = seen.current;
    if (!follow && before !== null && first !== null && first < before) {
      element.scrollTop += element.scrollHeight - height;
    }
    seen.current = { first, height: element.scrollHeight };
  });
}
