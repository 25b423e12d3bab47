import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IconButtonProps extends Omit<React.ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'className' | 'title'> {
  /** What it does; shown on hovering. */
  label: string;
  icon: LabIcon;
}

/** A button with an icon and nothing else. */
export function IconButton({ label, icon: Icon, ...attributes }: IconButtonProps): React.JSX.Element {
  return (
    <button
      type="button"
      className="jp-mod-styled jp-DashboardsIconButton"
      aria-label={label}
      title={label}
      {...attributes}
    >
      <Icon.react tag="span" />
    </button>
  );
}
