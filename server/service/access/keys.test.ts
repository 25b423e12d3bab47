import { createPublicKey, verify } from 'node:crypto';
import fs, {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KeysUnusable, loadKeys } from './keys';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-keys-'));
  file = join(folder, 'db.key');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('keys', () => {
  it('are made once, for their owner alone, and stay the same', () => {
    const first = loadKeys(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = loadKeys(file);
    expect(second.publicKey).toBe(first.publicKey);
    expect(second.open(first.seal('token'))).toBe('token');
    chmodSync(file, 0o644);
    loadKeys(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('sign so that the public half verifies it', () => {
    const keys = loadKeys(file);
    expect(Buffer.from(keys.publicKey, 'base64url')).toHaveLength(32);
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: keys.publicKey }, format: 'jwk' });
    const signature = Buffer.from(keys.sign('a text'), 'base64url');
    expect(verify(null, Buffer.from('a text'), key, signature)).toBe(true);
    expect(verify(null, Buffer.from('b text'), key, signature)).toBe(false);
  });

  it('vouch for a text for one purpose, and the same after a restart', () => {
    const mac = loadKeys(file).mac('a', 'text');
    expect(loadKeys(file).mac('a', 'text')).toBe(mac);
    expect(Buffer.from(mac, 'base64url')).toHaveLength(32);
    const others = [
      loadKeys(file).mac('b', 'text'),
      loadKeys(file).mac('a', 'texts'),
      loadKeys(`${file}2`).mac('a', 'text')
    ];
    expect(others).not.toContain(mac);
  });

  it('open nothing that was changed, cut or sealed by others', () => {
    const keys = loadKeys(file);
    const sealed = keys.seal('token');
    expect(keys.seal('token')).not.toBe(sealed);
    const bytes = Buffer.from(sealed, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(keys.open(changed.toString('base64url'))).toBeNull();
    }
    expect(keys.open(sealed.slice(0, 20))).toBeNull();
    expect(keys.open('')).toBeNull();
    expect(loadKeys(join(folder, 'other.key')).open(sealed)).toBeNull();
  });

  it('leave nothing behind where there is no room to write them, and are made when there is', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write'
    });
    const write = jest.spyOn(fs, 'writeFileSync').mockImplementationOnce(place => {
      fs.closeSync(fs.openSync(String(place), 'wx'));
      throw full;
    });
    try {
      expect(() => loadKeys(file)).toThrow(/cannot be used \(ENOSPC: no space left on device, write\)/);
    } finally {
      write.mockRestore();
    }
    expect(readdirSync(folder)).toEqual([]);
    const { publicKey } = loadKeys(file);
    expect(loadKeys(file).publicKey).toBe(publicKey);
    expect(readdirSync(folder)).toEqual(['db.key']);
  });

  it('are those of the process that was first', () => {
    const first = loadKeys(join(folder, 'first.key'));
    const link = jest.spyOn(fs, 'linkSync').mockImplementationOnce((from, to) => {
      link.mockRestore();
      linkSync(join(folder, 'first.key'), file);
      linkSync(from, to);
    });
    expect(loadKeys(file).publicKey).toBe(first.publicKey);
    expect(readdirSync(folder).sort()).toEqual(['db.key', 'first.key']);
  });

  it('stop with a sentence when the file is damaged, without showing it', () => {
    writeFileSync(file, '{"signing": "c2VjcmV0", "encryption": "c2VjcmV0"}', { mode: 0o600 });
    expect(() => loadKeys(file)).toThrow(KeysUnusable);
    expect(() => loadKeys(file)).toThrow(/cannot be used.*mode 0600/);
    expect(() => loadKeys(file)).not.toThrow(/c2VjcmV0/);
    expect(readFileSync(file, 'utf8')).toContain('c2VjcmV0');
  });
});
