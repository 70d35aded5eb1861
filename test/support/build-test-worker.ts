import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

export interface TestWorker {
  readonly workerPath: string
  readonly threadPath: string
  readonly remove: () => Promise<void>
}

/** The real worker entry with the test tasks in place of the product's, built as the product's is. */
export async function buildTestWorker(): Promise<TestWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'cryomoment-test-worker-'))
  await writeFile(join(folder, 'package.json'), '{"type": "module"}')
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: {
        input: { 'worker-node': join(import.meta.dirname, 'test-worker.ts'), 'compute-thread': join(import.meta.dirname, 'test-compute-thread.ts') },
        external: [...builtinModules, /^node:/],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
  return {
    workerPath: join(folder, 'worker-node.js'),
    threadPath: join(folder, 'compute-thread.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
