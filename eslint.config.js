// One style for the service, the tests and the kernels.
import neostandard from 'neostandard'

export default [
  { ignores: ['build/', 'node_modules/', '.tap/', 'openapi/'] },
  ...neostandard({ ts: true }),
  {
    rules: {
      '@stylistic/max-len': ['error', { code: 140, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreComments: true, ignorePattern: '^import ' }],
      'max-params': 'off'
    }
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: ':function :function[generator=true]:not(MethodDefinition > *)', message: 'It leaves a hidden class behind whenever it is made: see src/steps.ts.'
      }]
    }
  },
  {
    // Numbers to be rounded are what these tests are about.
    files: ['test/kernels/**/*.ts'],
    rules: { '@typescript-eslint/no-loss-of-precision': 'off' }
  },
  {
    // AssemblyScript: decorators on functions; v128, usize and the like are globals; == compares numbers and knows no
    // other types; comparing a float with itself finds NaN; literals may have all 64 bits of an integer.
    files: ['src/kernels/**/*.ts'],
    languageOptions: { parserOptions: { allowInvalidAST: true } },
    rules: {
      'no-undef': 'off',
      'no-redeclare': 'off',
      camelcase: 'off',
      eqeqeq: 'off',
      'no-self-compare': 'off',
      'no-unmodified-loop-condition': 'off',
      '@typescript-eslint/no-loss-of-precision': 'off',
      '@stylistic/max-statements-per-line': 'off'
    }
  }
]
