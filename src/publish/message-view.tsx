import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LIMITS } from '../../server/contract';
import { descriptionId, FieldView } from '../views/field-view';

interface MessageProps {
  message: string;
  onChange: (change: { message: string }) => void;
  /** It can be read but not changed: it has been sent. */
  readOnly: boolean;
  trans: TranslationBundle;
}

/** What is new in the next version, in a line. */
export function MessageView({ message, onChange, readOnly, trans }: MessageProps): React.JSX.Element {
  return (
    <FieldView
      label={trans.__('What is new (optional)')}
      control="dashboards-message"
      hint={trans.__('Shown in the list of versions.')}
    >
      <input
        id="dashboards-message"
        className="jp-mod-styled"
        value={message}
        maxLength={LIMITS.message}
        readOnly={readOnly}
        aria-describedby={descriptionId('dashboards-message')}
        onChange={event => onChange({ message: event.target.value })}
      />
    </FieldView>
  );
}
