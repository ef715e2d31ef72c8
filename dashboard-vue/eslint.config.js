import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'

const FETCH = 'Only src/api talks to the server: add a function there.'

export default defineConfigWithVueTs(
  { ignores: ['dist', 'e2e/out', 'src/api/schema.d.ts'] },
  vue.configs['flat/recommended'],
  a11y.configs['flat/recommended'],
  vueTsConfigs.recommendedTypeChecked,
  {
    rules: {
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/no-v-html': 'error',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/api/**', 'src/**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: FETCH },
        { name: 'EventSource', message: FETCH },
        { name: 'XMLHttpRequest', message: FETCH },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'openapi-fetch', message: FETCH },
            { name: '@/api/client', importNames: ['api'], message: FETCH },
          ],
        },
      ],
    },
  },
  {
    files: ['src/lib/**'],
    ignores: ['src/lib/**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['vue', 'vue-router', '@vueuse/*', '@tanstack/*', '@/components/**', '@/composables/**'],
              message: 'lib is pure.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/pages/**'],
    rules: { 'max-lines': ['error', { max: 200, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ['src/components/**'],
    ignores: ['src/**/*.test.ts'],
    rules: { 'max-lines': ['error', { max: 150, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ['e2e/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name="waitForTimeout"]',
          message: 'Wait for what you expect, by `await expect(locator)...` or `expect.poll`.',
        },
        {
          selector: 'Literal[value="networkidle"]',
          message: 'The network is never idle: there is a stream of events. Wait for what you expect.',
        },
      ],
    },
  },
  prettier,
)
