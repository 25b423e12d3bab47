import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { LogLine } from '../../server/contract';
import { formatMoment } from '../views/format';
import { isHitOf, splitByHits } from './find';

interface BlockProps {
  lines: readonly LogLine[];
  /** Version of the line before; a change of version gets a heading. Null: never. */
  versionBefore: number | null;
  /** What is searched for. */
  text: string;
  /** Sequence number of the hit that is shown, if it is in this block. */
  current: number | null;
  trans: TranslationBundle;
}

/** Finds the element of a line within its log. */
export function lineSelector(seq: number): string {
  return `[data-seq="${seq}"]`;
}

/** Some lines of a log. Drawn again only when they or the hits in them have changed. */
export const BlockView = React.memo(function BlockView(props: BlockProps): React.JSX.Element {
  const { lines, versionBefore, text, current, trans } = props;
  const isHit = isHitOf(text);
  return (
    <div className="jp-DashboardsLog-block">
      {lines.map((line, index) => {
        const before = index === 0 ? versionBefore : lines[index - 1]?.version;
        return (
          <React.Fragment key={line.seq}>
            {versionBefore !== null && before !== line.version && (
              <div className="jp-DashboardsLog-version">{trans.__('Version %1', line.version)}</div>
            )}
            <LineView line={line} text={isHit(line) ? text : ''} isCurrent={line.seq === current} />
          </React.Fragment>
        );
      })}
    </div>
  );
});

interface LineProps {
  line: LogLine;
  /** What is searched for, if the line contains it; else empty, so that a search leaves the line alone. */
  text: string;
  isCurrent: boolean;
}

const LineView = React.memo(function LineView({ line, text, isCurrent }: LineProps): React.JSX.Element {
  return (
    <div
      className="jp-DashboardsLog-line"
      data-seq={line.seq}
      data-current={isCurrent ? '' : undefined}
      title={formatMoment(line.at)}
    >
      {splitByHits(line.text, text).map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part))}
      {'\n'}
    </div>
  );
});
