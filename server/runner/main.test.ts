import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { freePorts } from '../tests/free-ports';
import { call, type CallReply } from './testing/http-call';
import { Program } from './testing/program';
import { PREFIX } from './testing/runner-fixture';
import { ServiceDouble } from './testing/service-double';

async function firstReply(port: number): Promise<CallReply> {
  for (;;) {
    try {
      return await call(port, `${PREFIX}api`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') {
        throw error;
      }
    }
  }
}

describe('the program', () => {
  let program: Program;

  beforeAll(() => {
    program = new Program(join(__dirname, 'main.ts'));
  });
  afterAll(() => program.stop());

  it('listens, answers, keeps its token to itself and ends at SIGTERM, with connections open', async () => {
    const service = new ServiceDouble();
    const serviceUrl = await service.listen();
    const [port = 0] = await freePorts(1);
    const start = {
      dashboard: { id: 'd1', slug: 'sales', name: 'Sales' },
      owner: 'alice',
      serverName: 'dash-sales',
      startId: 's1',
      serviceUrl,
      publicServiceUrl: '/services/dashboards/',
      dashboardsOrigin: null,
      ticketKey: service.ticketKey,
      state: { revision: 1, live: null, job: null, kept: [] }
    };
    const file = join(program.folder, 'bootstrap.json');
    writeFileSync(
      file,
      JSON.stringify({
        start: Buffer.from(JSON.stringify(start)).toString('base64url'),
        apiToken: 'a-very-secret-token',
        listen: { host: '127.0.0.1', port },
        prefix: PREFIX,
        python: '/usr/bin/python3',
        home: program.folder,
        ownVariables: [],
        gitToken: { host: 'gitlab.example.org', token: 'a-very-secret-token-of-git' }
      })
    );
    const fd = openSync(file, 'r');
    const child = program.start(['--bootstrap-fd', '3'], { PATH: process.env.PATH }, [fd]);
    closeSync(fd);
    expect((await firstReply(port)).status).toBe(401);

    const shown = ['environ', 'cmdline'].map(name => readFileSync(`/proc/${child.pid}/${name}`, 'utf8')).join('');
    expect(shown).not.toContain('a-very-secret-token');

    const idle = connect(port, '127.0.0.1');
    await new Promise(resolve => idle.once('connect', resolve));
    idle.on('error', () => {});
    const exit = new Promise(resolve => child.once('exit', code => resolve(code)));
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(program.stderr).not.toContain('a-very-secret-token');
    idle.destroy();
    await service.close();
  });

  it('that does not understand its start shows a page: the start has not failed', async () => {
    const [port = 0] = await freePorts(1);
    const file = join(program.folder, 'skewed.json');
    const start = Buffer.from(JSON.stringify({ of: 'another version' })).toString('base64url');
    writeFileSync(
      file,
      JSON.stringify({ start, listen: { host: '127.0.0.1', port }, apiToken: 'a-very-secret-token' })
    );
    const fd = openSync(file, 'r');
    const child = program.start(['--bootstrap-fd', '3'], { PATH: process.env.PATH }, [fd]);
    closeSync(fd);
    const reply = await firstReply(port);
    expect(reply.status).toBe(409);
    expect(reply.body).toContain('the same version of jupyterhub-dashboards');
    expect(program.stderr).toMatch(/cannot start/);
    expect(program.stderr).not.toContain('a-very-secret-token');
    const exit = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exit;
  });

  it('says on standard error what is wrong with its start', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(program.folder, 'program.js')], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The dashboard's runner cannot start: .*--bootstrap-fd.*\n$/);
  });
});
