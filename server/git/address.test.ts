import { parseGitAddress } from './address';
import { BadAddress } from './bad-address';
import { checkRepositoryFolder } from './folder';
import { checkAllowed } from './hosts';
import { isPublicAddress } from './ranges';
import { checkRef, isCommit, mayBeCommit } from './ref';

describe('an address of a repository', () => {
  it.each([
    ['https://github.com/team/project.git', 'https://github.com/team/project.git'],
    ['HTTPS://GitHub.com/team/project/', 'https://github.com/team/project/'],
    ['https://git.example.org:8443/~alice/a+b_c.git', 'https://git.example.org:8443/~alice/a+b_c.git'],
    ['https://dev.azure.com/team/My%20Project/_git/r%C3%A9sum%C3%A9', undefined],
    ['https://github.com:443/a/b', 'https://github.com/a/b'],
    ['http://git.example.org/a/b', undefined],
    ['https://93.184.216.34/a', undefined],
    ['https://[2606:2800:220:1::1]:444/a', undefined],
    ['ssh://git@github.com/team/project.git', undefined],
    ['ssh://git@git.example.org:2222/team/project.git', undefined],
    ['ssh://github.com/team/project', 'ssh://git@github.com/team/project'],
    ['ssh://git@[2606:2800:220:1::1]/a', undefined],
    ['git@github.com:team/project.git', undefined],
    ['alice@git.example.org:/srv/git/project.git', undefined],
    ['xn--bcher-kva@xn--bcher-kva.example:~alice/a', undefined]
  ])('is taken: %s', (text, url = text) => {
    expect(parseGitAddress(text).url).toBe(url);
  });

  it('is taken apart', () => {
    expect(parseGitAddress('ssh://alice@Git.Example.org:2222/a/b.git')).toEqual({
      protocol: 'ssh',
      host: 'git.example.org',
      port: 2222,
      user: 'alice',
      path: '/a/b.git',
      url: 'ssh://alice@git.example.org:2222/a/b.git'
    });
    expect(parseGitAddress('git@github.com:a/b')).toMatchObject({
      protocol: 'ssh',
      port: 22,
      user: 'git',
      path: 'a/b'
    });
    expect(parseGitAddress('https://[2606:2800::1]/a')).toMatchObject({ host: '2606:2800::1', port: 443, user: null });
  });

  it.each([
    // options and programs
    '--upload-pack=touch /tmp/x',
    '--upload-pack=x@host:path',
    '-oProxyCommand=x',
    '-u@host:path',
    'ssh://-oProxyCommand=x/path',
    'ssh://-oProxyCommand=x@host/path',
    'ssh://git@-oProxyCommand=x/path',
    'git@-oProxyCommand=x:path',
    '-oProxyCommand=x@host:path',
    'git@host:-x',
    'git@host:--upload-pack=x',
    'ssh://git@host/-x',
    'ssh://git@host/%2dx',
    'https://host/--upload-pack=x',
    "ext::sh -c 'touch /tmp/x'",
    'ext::sh',
    'ext::ssh%20git@host%20x',
    'fd::17/x',
    'transport::https://host/x',
    'ssh::git@host:x',
    'git@host::x',
    // other protocols and this machine
    'file:///etc',
    'FILE:///etc',
    'file://localhost/etc',
    'git://host/x',
    'ftp://host/x',
    'ftps://host/x',
    'git+ssh://git@host/x',
    'ssh+git://git@host/x',
    'rsync://host/x',
    'gopher://host/x',
    'javascript://host/x',
    '/etc',
    '/',
    '.',
    '..',
    '../x',
    './x',
    '~/x',
    'x',
    'x/y',
    'C:\\x',
    'C:/x',
    '\\\\host\\share',
    'host:path',
    '//host/x',
    // credentials and tricks with @
    'https://alice@host/x',
    'https://alice:secret@host/x',
    'https://:secret@host/x',
    'https://@host/x',
    'https://token:x-oauth-basic@github.com/x',
    'ssh://git:secret@host/x',
    'https://github.com@10.0.0.1/x',
    'https://github.com%40host/x',
    'https://host\\@github.com/x',
    'https://host/x@github.com',
    'https://a@b@host/x',
    'ssh://a@b@host/x',
    'git@a@host:x',
    'git@host:x@y',
    // hosts
    'https:///x',
    'https://',
    'https://host',
    'https://host/',
    'https://:443/x',
    'https://host:/x',
    'https://host:0/x',
    'https://host:65536/x',
    'https://host:80x/x',
    'https://host:443:80/x',
    'https://host:%34%34%33/x',
    'https://2130706433/x',
    'https://0x7f000001/x',
    'https://0x7f.1/x',
    'https://127.1/x',
    'https://017700000001/x',
    'https://127.0.0.1./x',
    'https://127.0.0.0x1/x',
    'https://256.0.0.1/x',
    'https://1.2.3.4.5/x',
    'https://host./x',
    'https://.host/x',
    'https://a..b/x',
    'https://host_-/x',
    'https://bücher.example/x',
    'https://gіthub.com/x',
    'https://①②⑦.⓪.⓪.①/x',
    'https://github。com/x',
    'https://b%C3%BCcher.example/x',
    'https://[::1/x',
    'https://::1/x',
    'https://[::1]x/x',
    'https://[fe80::1%eth0]/x',
    'https://[fe80::1%25eth0]/x',
    'https://[127.0.0.1]/x',
    'https://[v1.x]/x',
    'git@[::1]:x',
    `https://${'a'.repeat(64)}.example/x`,
    `https://${'a.'.repeat(130)}b/x`,
    // paths
    'https://host/../x',
    'https://host/a/../../x',
    'https://host/%2e%2e/x',
    'https://host/.%2E/x',
    'https://host/a//b',
    'https://host/a?x=1',
    'https://host/a#x',
    'https://host/a%3fservice=x',
    'https://host/a%00b',
    'https://host/a%0ab',
    'https://host/a%0d%0aHost:%20x',
    'https://host/a%2fb',
    'https://host/a%5cb',
    'https://host/a%252fb',
    'https://host/a%',
    'https://host/a%zz',
    'https://host/a%ff',
    'https://host/a b',
    'https://host/a\\b',
    'https://host/a;touch x',
    'https://host/$(touch x)',
    'https://host/%24%28touch%20x%29',
    'https://host/`touch x`',
    "git@host:x';touch y;'",
    'git@host:$(x)',
    'git@host:',
    'git@host:/',
    'git@:x',
    '@host:x',
    'git@host:a:b',
    // line ends, controls, blanks, invisible letters
    '',
    ' ',
    ' https://host/x',
    'https://host/x ',
    'https://host/x\n',
    'https://host/x\nhost=github.com',
    'https://host\n.example/x',
    '\nhttps://host/x',
    'https://host/x\r\nX: y',
    'https://host/x\0y',
    'https://host/x\u001b[2J',
    'https://host/x\u2028',
    'https://host/\u202egit',
    'https://host/x\ud800',
    'https://ho\u00adst/x',
    `https://host/${'a'.repeat(1_000)}`
  ])('is refused: %j', text => {
    let error: unknown;
    try {
      parseGitAddress(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BadAddress);
  });

  it('tells what to do with a token in it, and does not repeat it', () => {
    let told = '';
    try {
      parseGitAddress('https://alice:s3cret@github.com/a/b');
    } catch (error) {
      told = error instanceof BadAddress ? `${error.message} ${error.fix}` : '';
    }
    expect(told).toMatch(/token.*store the token among your git credentials/s);
    expect(told).not.toContain('s3cret');
  });
});

describe('what the administrator allows', () => {
  const allowed = (url: string, hosts: string[] | null) => {
    try {
      return checkAllowed(parseGitAddress(url), hosts);
    } catch (error) {
      if (error instanceof BadAddress) {
        return error.message;
      }
      throw error;
    }
  };

  it('is everything on the internet unless hosts are named', () => {
    expect(allowed('https://github.com/a', null)).toBe(false);
    expect(allowed('git@github.com:a', null)).toBe(false);
    for (const host of ['127.0.0.1', '10.1.2.3', '169.254.169.254', '[::1]', '[fd00::1]', 'localhost', 'x.localhost']) {
      expect(allowed(`https://${host}/a`, null)).toMatch(/private network or of this machine/);
    }
  });

  it('is what is named and nothing else', () => {
    const hosts = ['git.example.org', '*.corp.example', '10.0.0.5', '[fd00::5]', 'port.example:8443'];
    expect(allowed('https://git.example.org/a', hosts)).toBe(true);
    expect(allowed('https://git.example.org:9999/a', hosts)).toBe(true);
    expect(allowed('git@git.example.org:a', hosts)).toBe(true);
    expect(allowed('https://a.b.corp.example/a', hosts)).toBe(true);
    expect(allowed('https://10.0.0.5/a', hosts)).toBe(true);
    expect(allowed('https://[fd00::5]/a', hosts)).toBe(true);
    expect(allowed('https://port.example:8443/a', hosts)).toBe(true);
    for (const other of [
      'github.com',
      'corp.example',
      'evilcorp.example',
      'git.example.org.evil.example',
      'xgit.example.org',
      '10.0.0.6',
      'port.example'
    ]) {
      expect(allowed(`https://${other}/a`, hosts)).toMatch(/fetches no repositories from/);
    }
    expect(allowed('https://github.com/a', [])).toMatch(/fetches no repositories/);
  });

  it('may be the internet and some hosts besides', () => {
    expect(allowed('https://github.com/a', ['*', 'git.internal'])).toBe(false);
    expect(allowed('https://git.internal/a', ['*', 'git.internal'])).toBe(true);
    expect(allowed('https://10.0.0.1/a', ['*', 'git.internal'])).toMatch(/private network/);
  });

  it('is http only for a host that is named with it', () => {
    expect(allowed('http://github.com/a', null)).toMatch(/not over http/);
    expect(allowed('http://git.internal/a', ['git.internal', '*'])).toMatch(/not over http/);
    expect(allowed('http://git.internal/a', ['http://git.internal'])).toBe(true);
    expect(allowed('https://git.internal/a', ['http://git.internal'])).toBe(true);
    expect(allowed('http://git.internal:81/a', ['http://git.internal:80'])).toMatch(/not over http/);
  });
});

describe('an IP address', () => {
  it.each([
    '93.184.216.34',
    '8.8.8.8',
    '172.32.0.1',
    '100.63.0.1',
    '2606:2800:220:1::1',
    '2a00:1450::1',
    '2001:4860:4860::8888'
  ])('is of the internet: %s', address => expect(isPublicAddress(address)).toBe(true));

  it.each([
    '127.0.0.1',
    '127.255.0.1',
    '0.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'localhost',
    ''
  ])('is not: %s', address => expect(isPublicAddress(address)).toBe(false));
});

describe('the name of a branch, tag or commit', () => {
  it.each([
    '',
    'main',
    'feature/x',
    'v1.2.3',
    'release-2030',
    'größe',
    'a@b',
    'a.b.c',
    'deadbeef',
    'a'.repeat(40),
    'x-',
    'refs/heads/main'
  ])('is taken: %j', ref => expect(() => checkRef(ref)).not.toThrow());

  it.each([
    '-x',
    '--upload-pack=touch x',
    '+main:refs/heads/x',
    '+main',
    'main:x',
    'a..b',
    'a@{1}',
    '@{u}',
    '@',
    'a~1',
    'a^',
    '^a',
    'a^{}',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a b',
    'a\nb',
    'a\tb',
    'a\0b',
    'a\u007fb',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a\ud800',
    'x'.repeat(251)
  ])('is refused: %j', ref => expect(() => checkRef(ref)).toThrow(BadAddress));

  it('may be a commit, whole or in part', () => {
    expect(isCommit('a'.repeat(40))).toBe(true);
    expect(isCommit('a'.repeat(64))).toBe(true);
    expect(isCommit('a'.repeat(39))).toBe(false);
    expect(mayBeCommit('abcdef1')).toBe(true);
    expect(mayBeCommit('abcdef')).toBe(false);
    expect(mayBeCommit('main')).toBe(false);
  });
});

describe('a folder in a repository', () => {
  it.each([
    ['.', '.'],
    ['', '.'],
    ['./', '.'],
    ['apps/sales', 'apps/sales'],
    ['./apps//sales/', 'apps/sales'],
    ['-x', '-x'],
    ['a b/ü', 'a b/ü']
  ])('is taken: %j', (folder, clean) => expect(checkRepositoryFolder(folder)).toBe(clean));

  it.each(['..', 'a/../b', '/etc', '/', '.git', 'a/.GIT/b', 'a\nb', 'a\0', 'a\ud800'])('is refused: %j', folder => {
    expect(() => checkRepositoryFolder(folder)).toThrow(BadAddress);
  });
});
