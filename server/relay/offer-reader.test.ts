import { ProblemError } from '../problem-error';
import { goneLine, offerFoot, offerHead, offerLine, type Offer, type OfferedItem } from './offer';
import { OfferReader, readEarlier, readOffer } from './offer-reader';
import { offerText } from '../runner/testing/offer-text';

const SHA = 'a'.repeat(64);

function file(path: string, more: Partial<OfferedItem> = {}): OfferedItem {
  return { kind: 'file', path, size: 1, mtime: '1', executable: false, sha256: SHA, ...more } as OfferedItem;
}
const folder = (path: string): OfferedItem => ({ kind: 'folder', path, mtime: '1' });
const link = (path: string, target: string): OfferedItem => ({ kind: 'link', path, target });

const read = (text: string): Offer => readOffer(Buffer.from(text));

function text(items: OfferedItem[]): string {
  const files = items.filter(item => item.kind === 'file');
  return offerText({ items, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) });
}

function refusal(offered: string): string {
  try {
    read(offered);
    return 'accepted';
  } catch (error) {
    return error instanceof ProblemError ? error.problem.code : String(error);
  }
}

it('an offer is read as it was written', () => {
  const items = [
    folder('data'),
    file('data/a"b\\c\n.csv', { executable: true }),
    file('data/Ä 😀'),
    link('data/latest', 'a'),
    file('App.py'),
    file('app.py')
  ];
  expect(read(text(items))).toEqual({ items, files: 4, bytes: 4 });
});

it('an offer is read in pieces that end anywhere, also in the middle of a character', () => {
  const items = [folder('d'), file('d/Ä 😀'), link('l', 'd')];
  const all = Buffer.from(text(items));
  for (let size = 1; size < 20; size++) {
    const reader = new OfferReader();
    for (let at = 0; at < all.length; at += size) {
      reader.read(all.subarray(at, at + size));
    }
    expect(reader.end()).toEqual({ items, files: 1, bytes: 1 });
    expect([reader.told, reader.sums]).toEqual([items, { files: 1, others: 2, bytes: 1 }]);
  }
});

it('a line without an end is refused before all of it has come', () => {
  const reader = new OfferReader();
  const piece = Buffer.alloc(50_000, 'x');
  expect(() => {
    for (let n = 0; n < 3; n++) {
      reader.read(piece);
    }
  }).toThrow('a line is too long');
});

it.each([
  ['an absolute path', [file('/etc/passwd')]],
  ['a way up', [file('../x')]],
  ['a way up further down', [folder('a'), file('a/../../x')]],
  ['a way up as a folder', [folder('..'), file('../x')]],
  ['the folder itself', [file('.')]],
  ['nothing', [file('')]],
  ['an empty part', [folder('a'), file('a//x')]],
  ['a slash at the end', [folder('a'), file('a/')]],
  ['a NUL', [file('a\0b')]],
  ['half a character', [file('a\ud800')]],
  ['a name that is too long', [file('x'.repeat(256))]],
  [
    'a path that is too long',
    [...'x'.repeat(50)].map((_, n) =>
      folder(
        Array(n + 1)
          .fill('x'.repeat(100))
          .join('/')
      )
    )
  ],
  ['a path twice', [file('a'), file('a')]],
  ['a folder twice', [folder('a'), folder('a')]],
  ['a file below a file', [file('a'), file('a/b')]],
  ['a file below a link', [folder('d'), link('a', 'd'), file('a/b')]],
  ['a file in a folder that comes later', [file('a/b'), folder('a')]],
  ['a negative size', [file('a', { size: -1 })]],
  ['half a size', [file('a', { size: 0.5 })]],
  ['a size beyond all numbers', [file('a', { size: 2 ** 60 })]],
  ['a hash with a path in it', [file('a', { sha256: `../${'a'.repeat(61)}` })]],
  ['a hash of two sizes', [file('a'), file('b', { size: 2 })]],
  ['a time that is none', [file('a', { mtime: 'now' })]],
  ['a link to nothing', [link('a', '')]],
  ['a link with a NUL', [link('a', 'b\0')]]
])('%s is refused', (_what, items) => {
  expect(refusal(text(items as OfferedItem[]))).toBe('invalid_request');
});

it.each([
  ['out of the folder', [link('a', '../x')]],
  ['to an absolute path', [link('a', '/etc/passwd')]],
  ['out by way of another link', [folder('d'), folder('d/e'), link('l', 'd/e'), link('a', 'l/../../../x')]]
])('a link that leads %s is refused', (_what, items) => {
  expect(refusal(text(items))).toBe('links_leave_folder');
});

it.each([
  ['no text', ''],
  ['no head', '["f","a",1,"1",false,"x"]\n'],
  ['half a line', text([file('a')]).slice(0, -5)],
  ['no line end', text([file('a')]).slice(0, -1)],
  ['a line of another kind', text([]).replace('\n', '\n["x","a"]\n')],
  ['a line that is an object', text([]).replace('\n', '\n{"__proto__":1}\n')],
  ['a line after the end', `${text([])}["d","a","1"]\n`],
  ['a second end', `${text([])}{"files":0,"bytes":0}\n`],
  ['a second head', text([]).replace('\n', '\n{"format":2}\n')],
  ['no end', text([]).split('\n')[0] + '\n'],
  ['wrong sums', text([file('a')]).replace('"files":1', '"files":2')],
  ['another format', text([]).replace('"format":2', '"format":1')]
])('%s is refused', (_what, offered) => {
  expect(refusal(offered)).toBe('invalid_request');
});

describe('an offer that builds on another', () => {
  const [NAME, OTHER, THIRD] = ['b', 'c', 'd'].map(digit => digit.repeat(64)) as [string, string, string];
  const items = [folder('d'), file('d/a'), file('d/b', { size: 2, sha256: OTHER }), link('l', 'd/a'), file('z')];
  const earlier = readEarlier(Buffer.from(text(items).replace(offerHead(), offerHead({ name: NAME }))));

  /** @param lines - between its head and its foot. */
  function build(lines: string[], sums: { files: number; bytes: number }, base = NAME) {
    const reader = new OfferReader(earlier);
    reader.read(Buffer.from([offerHead({ base }), ...lines, offerFoot(sums)].join('')));
    return { reader, offer: reader.end() };
  }

  it('tells what is different, and is a whole one with what has stayed', () => {
    const [changed, added] = [file('d/b', { size: 5, sha256: THIRD }), file('e/ä\n', { sha256: OTHER })];
    const lines = [offerLine(changed), offerLine(folder('e')), offerLine(added), goneLine('z')];
    const { reader, offer } = build(lines, { files: 3, bytes: 7 });
    const wanted = [folder('d'), file('d/a'), changed, link('l', 'd/a'), folder('e'), added];
    expect(offer).toEqual({ items: wanted, files: 3, bytes: 7 });
    expect(reader.sums).toEqual({ files: 3, others: 3, bytes: 7 });
    // Only what it tells is numbered.
    expect(reader.contents.map(({ sha256 }) => sha256)).toEqual([THIRD, OTHER]);
    const kept = readEarlier(Buffer.from(reader.text(OTHER)));
    expect([kept.name, kept.files, kept.bytes, [...kept.byPath.values()]]).toEqual([OTHER, 3, 7, wanted]);
  });

  it('may make of a folder what it likes, if nothing stays in it', () => {
    const gone = [goneLine('d/a'), goneLine('d/b')];
    expect(build([offerLine(file('d')), ...gone, goneLine('l')], { files: 2, bytes: 2 }).offer?.items).toEqual([
      file('d'),
      file('z')
    ]);
    const inside = file('z/a', { sha256: THIRD });
    expect(build([offerLine(folder('z')), offerLine(inside)], { files: 3, bytes: 4 }).offer?.items.slice(-2)).toEqual([
      folder('z'),
      inside
    ]);
  });

  it.each([
    ['on one that is not there', [], { files: 3, bytes: 4 }, OTHER],
    ['with other sums', [goneLine('z')], { files: 3, bytes: 4 }],
    ['without what was never there', [goneLine('y')], { files: 3, bytes: 4 }],
    ['without something twice', [goneLine('z'), goneLine('z')], { files: 2, bytes: 3 }],
    ['with something twice', [offerLine(file('y')), offerLine(file('y'))], { files: 4, bytes: 5 }],
    ['with something that is gone', [offerLine(file('z')), goneLine('z')], { files: 2, bytes: 3 }],
    ['with something after what is gone', [goneLine('z'), offerLine(file('y'))], { files: 3, bytes: 4 }],
    ['with files in a folder that is gone', [goneLine('d'), goneLine('l')], { files: 3, bytes: 4 }],
    ['with files in what is a file now', [offerLine(file('d')), goneLine('l')], { files: 4, bytes: 5 }],
    ['with a file below one', [offerLine(file('z/a'))], { files: 4, bytes: 5 }],
    ['with a way up', [offerLine(file('../x'))], { files: 4, bytes: 5 }],
    ['with a way up through a link', [offerLine(link('d', '..')), offerLine(file('d/x'))], { files: 4, bytes: 5 }],
    ['with a hash of two sizes', [offerLine(file('x')), offerLine(file('y', { size: 3 }))], { files: 5, bytes: 8 }]
  ])('comes to nothing where it builds %s', (_what, lines, sums, base = NAME) => {
    expect(build(lines, sums, base).offer).toBeNull();
  });

  it('is refused where its links lead out, also by way of what it does not tell', () => {
    expect(() => build([offerLine(link('m', '../x'))], { files: 3, bytes: 4 })).toThrow('lead');
    expect(() =>
      build([offerLine(link('d/m', 'n/../../..')), offerLine(link('d/n', '.'))], { files: 3, bytes: 4 })
    ).toThrow();
  });
});
