// Runs under the same newer Node as the server's tests. The packages of JupyterLab are ES modules that do not say so, with
// style sheets and pictures among their imports: they are compiled as well. Those that do say so (`typebox`) are loaded
// natively, which jest does with --experimental-vm-modules.
const compiled = [
  '@jupyterlab',
  '@jupyter',
  '@lumino',
  '@rjsf',
  '@codemirror',
  '@lezer',
  '@microsoft',
  'lib0',
  'y-protocols',
  'yjs'
];

module.exports = {
  displayName: 'lab',
  roots: ['<rootDir>/src'],
  testEnvironment: 'jsdom',
  // Ends what hangs, and asserts no speed.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/src/__tests__/**/*.spec.{ts,tsx}'],
  setupFiles: ['<rootDir>/src/__tests__/browser.ts'],
  setupFilesAfterEnv: ['<rootDir>/src/__tests__/patience.ts'],
  moduleNameMapper: {
    '\\.css$': '<rootDir>/src/__tests__/empty-asset.ts',
    '\\.svg$': '<rootDir>/src/__tests__/empty-asset.ts',
    '\\.(gif|png|raw)$': '<rootDir>/src/__tests__/empty-asset.ts',
    '\\?raw$': '<rootDir>/src/__tests__/empty-asset.ts'
  },
  transform: {
    '\\.[jt]sx?$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: true } }, module: { type: 'commonjs' } }
    ]
  },
  transformIgnorePatterns: [`/node_modules/(?!(${compiled.join('|')})/)`]
};
