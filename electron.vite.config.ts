import { chmodSync } from 'node:fs'
import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

// npm links the command when the package is installed, not when it is rebuilt: the file must come out executable.
const executable = { name: 'executable-cli', closeBundle: (): void => chmodSync(at('out/main/cli.js'), 0o755) }

// "main" holds everything that runs in Node: the command line and server, the desktop's main process, the job process
// and its compute threads. The renderer is one build for the desktop and for the browser of a remote session.
export default defineConfig({
  main: {
    plugins: [executable],
    build: {
      outDir: at('out/main'),
      target: 'node20',
      rollupOptions: {
        input: {
          cli: at('src-main/cli.ts'),
          index: at('src-main/index.ts'),
          start: at('src-main/start.ts'),
          'worker-node': at('src-worker/entry/node.ts'),
          'worker-utility': at('src-worker/entry/utility.ts'),
          'reading-thread': at('src-main/reading/reading-thread.ts'),
          'compute-thread': at('src-worker/entry/compute-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  // A sandboxed preload must be CommonJS.
  preload: {
    build: {
      outDir: at('out/preload'),
      rollupOptions: { input: { index: at('src-main/electron/preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    publicDir: at('resources/public'),
    plugins: [vue()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      minify: true,
      rollupOptions: { input: { index: at('src-renderer/index.html') } },
    },
  },
})
