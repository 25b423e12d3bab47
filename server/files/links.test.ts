import { leavesFolder } from './links';

function links(...pairs: [string, string][]): Map<string, string> {
  return new Map(pairs);
}

describe('leavesFolder', () => {
  it.each([
    ['a', 'b.csv'],
    ['sub/a', '../b.csv'],
    ['a', './x/../b'],
    ['sub/deep/a', '../../']
  ])('lets %s -> %s stay', (at, target) => {
    expect(leavesFolder(at, links([at, target]))).toBe(false);
  });

  it.each([
    ['a', '/etc/passwd'],
    ['a', '../b'],
    ['sub/a', '../../b'],
    ['a', 'x/../../b']
  ])('finds %s -> %s leaving', (at, target) => {
    expect(leavesFolder(at, links([at, target]))).toBe(true);
  });

  it('follows links on the way as the kernel does', () => {
    const deep = links(['a/b/d', '../..'], ['e', 'a/b/d/../x']);
    expect(leavesFolder('e', deep)).toBe(true);
    expect(leavesFolder('e', links(['d', 'a/b'], ['e', 'd/../x']))).toBe(false);
  });

  it('comes to an end with links that lead to each other', () => {
    expect(leavesFolder('a', links(['a', 'b'], ['b', 'a']))).toBe(false);
  });
});
