const { TestEnvironment } = require('jest-environment-node');

const LOOK_MS = 1_000;

// Workers would go on with their tests, and the hubs of these with them, although jest itself was interrupted. They look
// for it: a listener to their disconnection would keep them from ending in order.
if (process.connected) {
  setInterval(() => process.connected || process.exit(1), LOOK_MS).unref();
}

module.exports = TestEnvironment;
