import * as React from 'react';

interface FieldProps {
  label: string;
  /** Id of the control inside. */
  control: string;
  /** What is wrong with the value. */
  mistake?: string;
  hint?: string;
  children: React.ReactNode;
}

/** Id of the text that describes a control, for `aria-describedby`. */
export function descriptionId(control: string): string {
  return `${control}-description`;
}

/** A label, its control, and below them what is wrong or a hint. */
export function FieldView({ label, control, mistake, hint, children }: FieldProps): React.JSX.Element {
  return (
    <div className="jp-DashboardsField">
      <label htmlFor={control}>{label}</label>
      {children}
      {(mistake ?? hint) !== undefined && (
        <p
          id={descriptionId(control)}
          className={mistake === undefined ? 'jp-DashboardsField-hint' : 'jp-DashboardsField-mistake'}
        >
          {mistake ?? hint}
        </p>
      )}
    </div>
  );
}
