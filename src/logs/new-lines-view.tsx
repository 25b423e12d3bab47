import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { LogModel } from './log-model';

/** Screen readers are told no more often than this. */
const PAUSE_MS = 10_000;

/** Tells screen readers how much has been written, in place of every line. */
export function NewLinesView({ model, trans }: { model: LogModel; trans: TranslationBundle }): React.JSX.Element {
  const [news, setNews] = React.useState('');
  React.useEffect(() => {
    let told = lastSeq(model);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const fresh = model.blocks.flatMap(block => block.filter(({ seq }) => seq > told)).length;
      told = lastSeq(model);
      if (fresh > 0) {
        setNews(trans._n('%1 new line', '%1 new lines', fresh));
      }
    };
    const collect = () => {
      if (model.isReading || told === 0) {
        told = lastSeq(model);
      } else if (lastSeq(model) > told) {
        timer ??= setTimeout(tell, PAUSE_MS);
      }
    };
    model.changed.connect(collect);
    return () => {
      clearTimeout(timer);
      model.changed.disconnect(collect);
    };
  }, [model]);
  return (
    <div className="jp-DashboardsHidden" aria-live="polite">
      {news}
    </div>
  );
}

function lastSeq(model: LogModel): number {
  return model.blocks.at(-1)?.at(-1)?.seq ?? 0;
}
