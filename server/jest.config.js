// Runs under the newer Node that `npm test` re-executes itself with: the service needs `node:sqlite`, and packages that
// are ES modules only are loaded natively, which jest does with --experimental-vm-modules.
module.exports = {
  displayName: 'server',
  testEnvironment: '<rootDir>/jest-environment.js',
  // Ends what hangs, and asserts no speed: real hubs and frameworks on a loaded machine take their time.
  testTimeout: 180_000,
  testMatch: ['<rootDir>/**/*.test.ts'],
  // The bundle is not there yet, or not of this source.
  moduleNameMapper: { '/copier-program$': '<rootDir>/runner/testing/copier-program.ts' },
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }
    ]
  }
};
