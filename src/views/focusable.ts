const CONTROLS = ['button', 'input', 'select', 'textarea'].map(name => `${name}:not(:disabled)`);

/** Selects what the Tab key reaches, but for what is not shown. */
export const FOCUSABLE = ['a[href]', ...CONTROLS, 'summary', '[tabindex]:not([tabindex="-1"])'].join(', ');
