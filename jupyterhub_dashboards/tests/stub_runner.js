// Stands in for the bundled runner: shows what it was handed over and what else it could see.
const fs = require('node:fs');
const http = require('node:http');

const descriptor = Number(process.argv[process.argv.indexOf('--bootstrap-fd') + 1]);
const bootstrap = JSON.parse(fs.readFileSync(descriptor, 'utf8'));
if (process.env.STUB_RUNNER === 'exit') {
  process.exit(1);
}
const shown = {
  program: 'runner',
  bootstrap,
  environment: process.env,
  atStart: fs.readFileSync('/proc/self/environ', 'utf8'),
  command: process.argv,
  pid: process.pid
};
http
  .createServer((request, response) => response.end(JSON.stringify(shown)))
  .listen(bootstrap.listen.port, bootstrap.listen.host);
