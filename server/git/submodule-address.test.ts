import { parseGitAddress } from './address';
import { BadAddress } from './bad-address';
import { submoduleAddress } from './submodule-address';

const HTTPS = parseGitAddress('https://git.example.org:8443/team/project.git');
const SHORT = parseGitAddress('git@git.example.org:team/project.git');
const SSH = parseGitAddress('ssh://git@git.example.org/team/project.git');

it.each([
  [HTTPS, '../other.git', 'https://git.example.org:8443/team/other.git'],
  [HTTPS, '../../else/other', 'https://git.example.org:8443/else/other'],
  [HTTPS, './inner.git', 'https://git.example.org:8443/team/project.git/inner.git'],
  [SHORT, '../other.git', 'git@git.example.org:team/other.git'],
  [SSH, '../other.git', 'ssh://git@git.example.org/team/other.git'],
  [HTTPS, 'https://github.com/a/b', 'https://github.com/a/b'],
  [HTTPS, 'git@github.com:a/b.git', 'git@github.com:a/b.git']
])('an address of a submodule: %#', (parent, url, expected) => {
  expect(submoduleAddress(parent, url).url).toBe(expected);
});

it.each([
  '../../../other',
  '../..',
  './../../..',
  '',
  '/srv/git/other.git',
  'file:///srv/git/other.git',
  'ext::sh -c touch% /tmp/owned',
  '-u',
  '--upload-pack=touch /tmp/owned',
  '../-x/--upload-pack=y/../..//..',
  '../other\n.git',
  '../other git',
  'https://token@github.com/a/b',
  'ssh://-oProxyCommand=x/y',
  '../%2e%2e/other',
  '../..%2fother',
  'c:\\other'
])('refuses %j', url => {
  expect(() => submoduleAddress(HTTPS, url)).toThrow(BadAddress);
});
