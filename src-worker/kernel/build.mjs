// Compiles assembly/index.ts to WebAssembly (SIMD, imported memory, no runtime) and writes it as a base64 module,
// so that every host (Node, worker thread, utility process, page) loads it without a path.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const generated = resolve(here, 'generated')
const compiler = resolve(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js')
mkdirSync(generated, { recursive: true })
const wasm = resolve(generated, 'kernels.wasm')
execFileSync(
  process.execPath,
  [compiler, resolve(here, 'assembly/index.ts'), '-o', wasm, '-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert', '--importMemory'],
  { stdio: 'inherit', cwd: resolve(here, '../..') },
)
const bytes = readFileSync(wasm)
writeFileSync(resolve(generated, 'kernels.ts'), `// Written by ../build.mjs from ../assembly; not committed.\nexport const kernelsBase64 =\n  '${bytes.toString('base64')}'\n`)
console.log(`kernels: ${bytes.length} bytes`)
