/** Text of a notebook with these code cells; a cell may be allowed to fail. */
export function notebook(...cells: (string | { source: string; mayFail: true })[]): string {
  const code = cells.map((cell, i) => ({
    cell_type: 'code',
    execution_count: null,
    id: `c${i}`,
    metadata: typeof cell === 'string' ? {} : { tags: ['raises-exception'] },
    outputs: [],
    source: [typeof cell === 'string' ? cell : cell.source]
  }));
  const kernelspec = { display_name: 'Python 3', language: 'python', name: 'python3' };
  return JSON.stringify({ cells: code, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}
