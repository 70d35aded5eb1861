import { readFileSync } from 'node:fs'
import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

// The import directions (src-worker/README.md) as one table, held here and by test/architecture/zones.test.ts, which
// also sees relative imports and cycles.
const zones = JSON.parse(readFileSync(new URL('test/architecture/zones.json', import.meta.url), 'utf8'))

function zoneRules(zone) {
  const mayUse = (other) => other === zone || zone.uses.includes(other.name)
  const literal = (text) => text.replaceAll('.', '\\.')
  const patterns = zones
    .filter((other) => other.alias && !mayUse(other))
    .map((other) => {
      // A folder's alias also covers the single files that are zones of their own: those that may be used are let through.
      const inner = zones.filter((one) => one !== other && mayUse(one) && one.alias?.startsWith(other.alias)).map((one) => `${literal(one.alias)}$`)
      return { regex: `^${inner.length > 0 ? `(?!${inner.join('|')})` : ''}${literal(other.alias)}`, message: `${zone.name} may use only: ${zone.uses.join(', ') || 'itself'}.` }
    })
  const allowed = zone.packages.map((name) => `${name}($|/)`).join('|')
  patterns.push({ regex: `^(?!\\.|#|node:${allowed ? `|${allowed}` : ''})`, message: `${zone.name} may use only these packages: ${zone.packages.join(', ') || 'none'}.` })
  if (!zone.node) patterns.push({ regex: '^node:', message: `${zone.name} does without Node.` })
  const endings = zone.name === 'renderer' ? ['*.ts', '*.vue'] : ['*.ts']
  const files = zone.files.flatMap((glob) => (glob.endsWith('/**') ? endings.map((ending) => `${glob}/${ending}`) : [glob]))
  return { files, ignores: zone.except ?? [], rules: { 'no-restricted-imports': ['error', { patterns }] } }
}

export default ts.config(
  { ignores: ['out/**', '**/dist/**', '**/node_modules/**', 'src-worker/kernel/assembly/**', 'src-worker/kernel/generated/**', '.scratch/**', 'coverage/**', 'cryomoment-demo*/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.ts'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Index access is not checked here (tsconfig); an exclamation mark still says that somebody thought of it.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Telling text from binary files is about control characters.
      'no-control-regex': 'off',
      // Interfaces that promise asynchrony are also met by code that happens not to wait.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }, { selector: 'ExportAllDeclaration', message: 'No barrels.' }],
    },
  },
  { files: ['*.config.ts', '**/*.d.ts', 'test/support/closing-line-reporter.ts', 'test/support/build-once.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', performance: 'readonly', setTimeout: 'readonly' } } },
  // Components: vue-tsc checks their types (it knows what a template is), the linter their form.
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['src-renderer/**/*.vue'] })),
  {
    files: ['src-renderer/**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser, ecmaVersion: 'latest', sourceType: 'module' } },
    rules: {
      'no-undef': 'off',
      'no-unused-vars': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
    },
  },
  // What a component exports is known to vue-tsc only.
  { files: ['src-renderer/**/*.ts', 'test/renderer/**/*.ts'], rules: { '@typescript-eslint/no-unsafe-argument': 'off', '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off', '@typescript-eslint/no-unsafe-call': 'off', '@typescript-eslint/no-unsafe-return': 'off' } },
  ...zones.map(zoneRules),
)
