import { mkdtemp, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { App } from '../supervisor/app';
import { startFileServer } from './file-server';

const PREFIX = '/user/alice/dash-site-ab12/v/1/';
const PAGE = '<h1>Sales</h1>';
const DATA = '0123456789';

let home: string;
let site: string;
let app: App;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'site-'));
  site = path.join(home, 'files');
  await mkdir(path.join(site, 'über uns'), { recursive: true });
  await mkdir(path.join(site, 'empty'));
  await writeFile(path.join(home, 'secret.txt'), 'the password is 1234');
  await writeFile(path.join(site, 'index.html'), PAGE);
  await writeFile(path.join(site, 'über uns', 'index.html'), 'about');
  await writeFile(path.join(site, 'data.bin'), DATA);
  await writeFile(path.join(site, 'nothing.css'), '');
  await writeFile(path.join(site, '.env'), 'TOKEN=1234');
  app = await startFileServer({ folder: site, entry: '.', prefix: PREFIX });
});

afterEach(async () => {
  await app.stop();
  await rm(home, { recursive: true, force: true });
});

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Asks for a path exactly as given: nothing is resolved or encoded on the way. */
function get(rest: string, headers: Record<string, string> = {}, method = 'GET', of = app): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { ...of.target, path: rest.startsWith('/') ? rest : PREFIX + rest, headers, method, agent: false };
    const asked = request(options, reply => {
      let body = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => (body += chunk));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('a folder of web pages', () => {
  it('shows its index page at the prefix', async () => {
    const reply = await get('?region=north');
    expect(reply).toMatchObject({ status: 200, body: PAGE });
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff'
    });
  });

  it.each([
    ['a.js', 'text/javascript; charset=utf-8'],
    ['a.MJS', 'text/javascript; charset=utf-8'],
    ['a.css', 'text/css; charset=utf-8'],
    ['a.svg', 'image/svg+xml'],
    ['a.json', 'application/json'],
    ['a.wasm', 'application/wasm'],
    ['a.constructor', 'application/octet-stream'],
    ['README', 'application/octet-stream']
  ])('serves %s as %s', async (name, type) => {
    await writeFile(path.join(site, name), 'x');
    expect((await get(name)).headers['content-type']).toBe(type);
  });

  it('sends a folder to its address with a slash, and shows the page in it', async () => {
    const moved = await get('%C3%BCber%20uns?a=b');
    expect(moved).toMatchObject({ status: 302, headers: { location: `${PREFIX}%C3%BCber%20uns/?a=b` } });
    expect(await get('%C3%BCber%20uns/')).toMatchObject({ status: 200, body: 'about' });
    expect((await get('empty/')).status).toBe(404);
  });

  it('sends the prefix on to a page in a sub-folder, where its own links lead somewhere', async () => {
    const deep = await startFileServer({ folder: site, entry: 'über uns/index.html', prefix: PREFIX });
    try {
      const location = `${PREFIX}%C3%BCber%20uns/index.html?a=b`;
      expect(await get('?a=b', {}, 'GET', deep)).toMatchObject({ status: 302, headers: { location } });
    } finally {
      await deep.stop();
    }
  });

  it('gives a HEAD without a body, an empty file as it is, and takes nothing', async () => {
    expect(await get('data.bin', {}, 'HEAD')).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '10' }
    });
    expect(await get('nothing.css')).toMatchObject({ status: 200, body: '', headers: { 'content-length': '0' } });
    expect(await get('data.bin', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('path traversal and links', () => {
  it.each([
    '../secret.txt',
    '..%2fsecret.txt',
    '%2e%2e/secret.txt',
    '%2e%2e%2fsecret.txt',
    'empty/../../secret.txt',
    '..%5csecret.txt',
    '%00',
    'data.bin%00.html',
    '%E0%A4%A',
    '//etc/passwd',
    '.env',
    '%2eenv',
    'data.bin/',
    'data.bin/x',
    'no-such-file',
    '/user/alice/dash-site-ab12/v/2/index.html',
    '/etc/passwd'
  ])('%s is no page', async rest => {
    const reply = await get(rest);
    expect(reply.status).toBe(404);
    expect(reply.body).not.toMatch(/1234|root:/);
  });

  it('are followed inside of the folder and nowhere else', async () => {
    await symlink('index.html', path.join(site, 'inside.html'));
    await symlink('.env', path.join(site, 'settings.txt'));
    await symlink('../secret.txt', path.join(site, 'outside.txt'));
    await symlink('/etc', path.join(site, 'etc'));
    await symlink(home, path.join(site, 'home'));
    await symlink(`${site}-other`, path.join(site, 'beside'));
    await mkdir(`${site}-other`);
    await writeFile(path.join(`${site}-other`, 'index.html'), 'the password is 1234');
    expect(await get('inside.html')).toMatchObject({ status: 200, body: PAGE });
    for (const rest of [
      'settings.txt',
      'outside.txt',
      'etc',
      'etc/passwd',
      'home/secret.txt',
      'beside',
      'beside/index.html'
    ]) {
      expect((await get(rest)).status).toBe(404);
    }
  });
});

describe('a file that the browser has', () => {
  it('is not sent again while it is unchanged', async () => {
    const { headers } = await get('data.bin');
    const etag = headers.etag ?? '';
    const since = headers['last-modified'] ?? '';
    expect(await get('data.bin', { 'if-none-match': `"other", W/${etag}` })).toMatchObject({ status: 304, body: '' });
    expect((await get('data.bin', { 'if-modified-since': since })).status).toBe(304);
    expect((await get('data.bin', { 'if-none-match': '"other"', 'if-modified-since': since })).status).toBe(200);
    await utimes(path.join(site, 'data.bin'), new Date(), new Date(Date.now() + 5_000));
    expect((await get('data.bin', { 'if-none-match': etag })).status).toBe(200);
    expect((await get('data.bin', { 'if-modified-since': since })).status).toBe(200);
  });

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, 'The file is shorter.\n', 'bytes */10'],
    ['bytes=5-2', 200, DATA, undefined],
    ['bytes=0-1,4-5', 200, DATA, undefined],
    ['pages=1-2', 200, DATA, undefined]
  ])('is sent in part: %s', async (range, status, body, content) => {
    const reply = await get('data.bin', { range });
    expect(reply).toMatchObject({ status, body });
    expect(reply.headers['content-range']).toBe(content);
  });

  it('is sent in part only if the other part is of the same state', async () => {
    const { etag = '' } = (await get('data.bin')).headers;
    expect((await get('data.bin', { range: 'bytes=0-3', 'if-range': etag })).status).toBe(206);
    expect((await get('data.bin', { range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200);
  });
});

it('ends at once, whoever is connected', async () => {
  const { port } = app.target;
  await get('');
  await app.stop();
  expect(await app.exited).toEqual({ code: 0, signal: null });
  await expect(get('')).rejects.toThrow(`connect ECONNREFUSED 127.0.0.1:${port}`);
});
