/** The code cells of a notebook, one after the other; null for what is no notebook. */
export function notebookCode(text: string): string | null {
  let notebook: unknown;
  try {
    notebook = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof notebook !== 'object' || notebook === null || !('cells' in notebook || 'worksheets' in notebook)) {
    return null;
  }
  const cells: unknown[] = 'cells' in notebook && Array.isArray(notebook.cells) ? notebook.cells : [];
  return cells.map(codeOf).join('\n');
}

function codeOf(cell: unknown): string {
  if (typeof cell !== 'object' || cell === null || !('cell_type' in cell && 'source' in cell)) {
    return '';
  }
  const { cell_type: type, source } = cell;
  if (type !== 'code') {
    return '';
  }
  return Array.isArray(source) ? source.join('') : String(source);
}
