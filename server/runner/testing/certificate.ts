import { execFileSync } from 'node:child_process';
import path from 'node:path';

/**
 * A certificate that is signed by itself: who trusts it, trusts it by name.
 *
 * @param folder - for it and its key. @param names - as `DNS:localhost`, `IP:127.0.0.1`
 * @returns their files
 */
export function createCertificate(folder: string, names: readonly string[]): { key: string; certificate: string } {
  const key = path.join(folder, 'key.pem');
  const certificate = path.join(folder, 'certificate.pem');
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const files = ['-keyout', key, '-out', certificate, '-subj', '/CN=test'];
  execFileSync('openssl', [...request, ...files, '-addext', `subjectAltName=${names.join()}`], { stdio: 'pipe' });
  return { key, certificate };
}
