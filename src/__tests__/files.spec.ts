import { humanise, isPublishable, onDisk, suggestName } from '../publish/files';

describe('humanise', () => {
  it.each([
    ['quarterly_sales-2026.ipynb', 'Quarterly sales 2026'],
    ['売上.ipynb', '売上'],
    ['.ipynb', '.ipynb'],
    ['v1.2-report.py', 'V1.2 report']
  ])('makes %s into %s', (file, name) => {
    expect(humanise(file)).toBe(name);
  });
});

describe('suggestName', () => {
  it('prefers the folder where the file name says nothing', () => {
    expect(suggestName('projects/sales_2026', 'app.py')).toBe('Sales 2026');
    expect(suggestName('projects/sales', 'churn.py')).toBe('Churn');
    expect(suggestName('', 'app.py')).toBe('App');
  });
});

describe('isPublishable', () => {
  it('takes notebooks and scripts of any case', () => {
    expect(['a.ipynb', 'a.py', 'a.R', 'a/b.qmd'].every(isPublishable)).toBe(true);
    expect(['a.csv', 'py', 'a.py.txt'].some(isPublishable)).toBe(false);
  });
});

describe('onDisk', () => {
  it('joins the top folder and a contents path', () => {
    expect(onDisk({ root: '/home/alice/', home: '' }, 'projects/sales/')).toBe('/home/alice/projects/sales');
    expect(onDisk({ root: '/', home: '' }, 'srv')).toBe('/srv');
    expect(onDisk({ root: '/', home: '' }, '')).toBe('/');
  });
});
