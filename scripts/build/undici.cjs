// What the programs use of undici, without the rest of it: half a megabyte that each start would have to read.
const ask = require('undici/lib/api/api-request.js');

exports.Agent = require('undici/lib/dispatcher/agent.js');
exports.errors = require('undici/lib/core/errors.js');
exports.request = (url, { dispatcher, ...options }) => {
  const { origin, pathname, search } = new URL(url);
  return ask.call(dispatcher, { ...options, origin, path: pathname + search });
};
