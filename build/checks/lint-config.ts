/** The lint rules. `oxlint.config.ts` at the repository root hands them to the linter, so globs start at the root. */
import type { OxlintConfig } from 'oxlint'

const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/testing/**', 'desktop/e2e/**']

/** Rules of the broad categories that cost more than they find in this code. */
const declined: OxlintConfig['rules'] = {
  'eslint/no-underscore-dangle': 'off',
  'import/no-named-as-default-member': 'off',
  // Style sheets and fonts are imported for their effect; tests and CLIs have such entry points too.
  'import/no-unassigned-import': 'off',
  // The automatic JSX runtime needs no import of React.
  'react/react-in-jsx-scope': 'off',
  // The compiler's own check knows which switches are exhaustive.
  'typescript/consistent-return': 'off',
  // A hint for the React compiler, which is not used: it objects to TanStack's virtual lists.
  'react/incompatible-library': 'off',
  // Every boundary parses with zod; inside, a checked assertion is how a branded or narrowed type is made.
  'typescript/no-unsafe-type-assertion': 'off',
  'typescript/no-unnecessary-type-parameters': 'off',
  // Listeners may unsubscribe while they are called: iterating over a copy of a set is meant.
  'unicorn/no-useless-spread': 'off',
  // Wants helpers moved out of the only function that uses them.
  'unicorn/consistent-function-scoping': 'off',
  // `MessagePort.postMessage` has no target origin, and MessagePort-like objects have `onmessage` alone.
  'unicorn/require-post-message-target-origin': 'off',
  'unicorn/prefer-add-event-listener': 'off',
}

const chosen: OxlintConfig['rules'] = {
  'wrale/layers': 'error',

  'typescript/no-floating-promises': 'error',
  'typescript/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  'typescript/await-thenable': 'error',
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'typescript/only-throw-error': 'error',
  'typescript/prefer-promise-reject-errors': 'error',
  'typescript/return-await': ['error', 'error-handling-correctness-only'],
  'typescript/no-unsafe-argument': 'error',
  'typescript/no-unsafe-assignment': 'error',
  'typescript/no-unsafe-call': 'error',
  'typescript/no-unsafe-member-access': 'error',
  'typescript/no-unsafe-return': 'error',
  'typescript/no-unsafe-function-type': 'error',
  'typescript/no-deprecated': 'error',
  'typescript/use-unknown-in-catch-callback-variable': 'error',
  'typescript/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],

  'typescript/no-explicit-any': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/consistent-type-imports': 'error',
  'typescript/no-import-type-side-effects': 'error',
  'typescript/no-empty-object-type': 'error',
  'typescript/no-namespace': 'error',
  'typescript/no-require-imports': 'error',
  'typescript/ban-ts-comment': 'error',

  'import/no-cycle': 'error',
  'import/no-duplicates': 'error',
  'import/no-mutable-exports': 'error',
  'unicorn/prefer-node-protocol': 'error',
  'eslint/eqeqeq': 'error',
  'eslint/no-console': 'error',
  'eslint/no-empty': 'error',
  'eslint/no-fallthrough': 'error',
  'eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
  // Promise executors call their parameter `resolve`, whatever node:path is called in the file.
  'eslint/no-shadow': ['error', { allow: ['resolve'] }],
  'eslint/no-var': 'error',
  'eslint/prefer-const': 'error',
  'eslint/max-lines': ['error', { max: 400 }],
}

const config: OxlintConfig = {
  // Plugins named only in an override would not get the rules of the categories.
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'react', 'jsx-a11y', 'vitest'],
  jsPlugins: ['./build/checks/layers-plugin.ts'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  env: { es2024: true },
  ignorePatterns: ['**/dist/**', '**/node_modules/**', '.cache/**', 'test-output/**'],
  rules: { ...chosen, ...declined },
  overrides: [
    {
      files: ['desktop/renderer/**'],
      env: { browser: true },
      rules: {
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
        'react/no-danger': 'error',
        'react/jsx-no-target-blank': 'error',
        'react/no-array-index-key': 'error',
        'react/button-has-type': 'error',
      },
    },
    {
      // Programs that people run from this repository speak on the console; so do the benches.
      files: ['build/**', 'desktop/e2e/**'],
      rules: { 'eslint/no-console': 'off' },
    },
    {
      // Plain JavaScript has no types to be strict about.
      files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
      rules: {
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },
    {
      // Starts on whatever Node the machine has, before ours is installed.
      files: ['build/scripts/bootstrap/**', 'build/scripts/bootstrap.mjs'],
      rules: { 'unicorn/no-array-sort': 'off' },
    },
    {
      files: TESTS,
      rules: {
        'vitest/no-focused-tests': 'error',
        'vitest/no-disabled-tests': 'error',
        'vitest/valid-expect': ['error', { maxArgs: 2 }],
        'typescript/no-non-null-assertion': 'off',
        'typescript/unbound-method': 'off',
        // Asymmetric matchers are typed `any`.
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-return': 'off',
        'eslint/max-lines': ['error', { max: 600 }],
      },
    },
  ],
}

export default config
