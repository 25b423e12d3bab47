import { closeIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { descriptionId, FieldView } from '../views/field-view';
import { allNames, finishedNames, quoted, typeNames, type Names } from './names';

interface NamesProps {
  id: string;
  label: string;
  hint: string;
  mistake?: string;
  names: Names;
  onChange: (names: Names) => void;
  /** Offered while typing. */
  known: readonly string[];
  trans: TranslationBundle;
}

/** Names as chips, and a field for the next one. Comma, Enter or leaving the field finish a name. */
export function NamesView({ id, label, hint, mistake, names, onChange, known, trans }: NamesProps): React.JSX.Element {
  const input = React.useRef<HTMLInputElement>(null);
  const { finished, unfinished } = names;
  const finish = () => {
    if (unfinished !== '') {
      onChange(finishedNames(allNames(names)));
    }
  };
  const remove = (name: string) => {
    onChange({ finished: finished.filter(other => other !== name), unfinished });
    input.current?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && unfinished.trim() !== '') {
      event.preventDefault();
      finish();
    } else if (event.key === 'Backspace' && unfinished === '' && finished.length > 0) {
      // The last name comes back as text, to be corrected.
      event.preventDefault();
      onChange({ finished: finished.slice(0, -1), unfinished: quoted(finished.at(-1) ?? '') });
    }
  };
  const onPaste = (event: React.ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    if (text.includes('\n')) {
      // The field itself would drop the line breaks, and make one name of all.
      event.preventDefault();
      onChange(typeNames(names, unfinished + text, known));
    }
  };
  return (
    <FieldView label={label} control={id} mistake={mistake} hint={hint}>
      <div className="jp-DashboardsNames">
        {finished.length > 0 && (
          <ul aria-label={label}>
            {finished.map(name => (
              <li key={name} className="jp-DashboardsChip">
                {name}
                <button type="button" aria-label={trans.__('Remove %1', name)} onClick={() => remove(name)}>
                  <closeIcon.react tag="span" width="10px" height="10px" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <input
          id={id}
          ref={input}
          value={unfinished}
          list={known.length > 0 ? `${id}-known` : undefined}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={mistake !== undefined}
          aria-describedby={descriptionId(id)}
          onChange={event => onChange(typeNames(names, event.target.value, known))}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={finish}
        />
      </div>
      {known.length > 0 && (
        <datalist id={`${id}-known`}>
          {known
            .filter(name => !finished.includes(name))
            .map(name => (
              <option key={name} value={name} />
            ))}
        </datalist>
      )}
    </FieldView>
  );
}
