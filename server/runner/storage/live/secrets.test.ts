import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { asOrdinaryUser } from '../../testing/ordinary-user';
import { secretWarnings } from './secrets';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

function add(file: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), '');
}

const named = () => secretWarnings(folder, '/home/nobody').map(warning => warning.split(' ')[0]);

describe('probable secrets of files that are served as they are saved', () => {
  it('are named by their own names, and by those of the folders that they are in', () => {
    add('app.py');
    add('key.pem');
    add('.aws/credentials');
    add('deploy/.kube/config');
    expect(named()).toEqual(['.aws/credentials', 'deploy/.kube/config', 'key.pem']);
  });

  it('are named where a folder beside them may not be opened', async () => {
    add('key.pem');
    mkdirSync(path.join(folder, 'database'), { mode: 0 });
    expect(await asOrdinaryUser(named)).toEqual(['key.pem']);
  });
});
