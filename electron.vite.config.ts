import { chmodSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

// npm links the command when the package is installed, not when it is rebuilt: the file must come out executable.
const executable = { name: 'executable-cli', closeBundle: (): void => chmodSync(at('out/main/cli.js'), 0o755) }

// The whole program without a window: the command line, the job process and its compute threads are entries of the
// "main" build. Renderer and preload join when there is something to show.
export default defineConfig({
  main: {
    plugins: [executable],
    build: {
      outDir: at('out/main'),
      target: 'node20',
      rollupOptions: {
        input: {
          cli: at('src-main/cli.ts'),
          'worker-node': at('src-worker/entry/node.ts'),
          'compute-thread': at('src-worker/entry/compute-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
})
