// `npm run bench`: builds the benchmark beside the product's own compute thread, and runs it. Arguments are passed on.
import { execFileSync, spawnSync } from 'node:child_process'
import { builtinModules } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const out = join(root, 'out/bench')
if (!process.argv.includes('--no-build')) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
await build({
  configFile: false,
  root,
  logLevel: 'error',
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: out,
    target: 'node20',
    rollupOptions: {
      input: { bench: join(here, 'bench.ts'), 'moment-pass': join(here, 'moment-pass.ts') },
      external: [...builtinModules, /^node:/, /^h5wasm/],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
})
process.exitCode = spawnSync(process.execPath, [join(out, 'bench.js'), ...process.argv.slice(2).filter((argument) => argument !== '--no-build')], { stdio: 'inherit', cwd: root }).status ?? 1
