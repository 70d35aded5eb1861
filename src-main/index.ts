import { join } from 'node:path'
import { registerAppScheme } from './electron/app-protocol.ts'
import { runDesktop } from './electron/desktop.ts'

registerAppScheme()
void runDesktop({ builtFolder: join(import.meta.dirname, '..'), commandLine: process.argv })
