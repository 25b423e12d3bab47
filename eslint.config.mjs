import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/*.d.ts',
      '.demo/',
      'coverage/',
      'dist/',
      'jupyterhub_dashboards/js/',
      'jupyterhub_dashboards/labextension/',
      'lib/',
      'ui-tests/test-results/'
    ]
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './server/tsconfig.json', './ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } }
      ],
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }]
    }
  },
  {
    files: ['src/**', 'ui-tests/**', 'examples/**'],
    languageOptions: { globals: globals.browser }
  },
  {
    files: ['server/**', 'scripts/**', 'bench/**', 'ui-tests/**', 'jupyterhub_dashboards/tests/**', '*.js', '*.mjs'],
    languageOptions: { globals: globals.node }
  },
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs' }
  },
  {
    // Bundled with Lab's extension, or loaded by a page as a module.
    files: ['style/**/*.js', 'examples/**/*.js'],
    languageOptions: { sourceType: 'module' }
  },
  {
    rules: {
      curly: 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      // Log text is cleaned of them by name.
      'no-control-regex': 'off',
      'prefer-const': 'error'
    }
  },
  {
    // Programs for a terminal write to it through process.stdout; the browser has nothing else.
    files: ['src/**'],
    rules: { 'no-console': ['error', { allow: ['warn', 'error'] }] }
  },
  {
    files: ['**/*.{test,spec}.{ts,tsx}', 'ui-tests/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' }
  }
);
