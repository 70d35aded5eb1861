#!/usr/bin/env node
import { join } from 'node:path'
import { runProgram } from './cli/program.ts'

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

process.exitCode = await runProgram(process.argv.slice(2), {
  workerPath: join(import.meta.dirname, 'worker-node.js'),
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt(listener) {
    for (const signal of INTERRUPTS) process.on(signal, listener)
    return () => {
      for (const signal of INTERRUPTS) process.off(signal, listener)
    }
  },
})
