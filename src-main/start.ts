import { join } from 'node:path'
import { launchDesktop } from './launch-desktop.ts'

// `npm start`: the desktop application, or where it cannot be opened the same application in a browser.
const applicationFolder = join(import.meta.dirname, '../..')
const commandLine = process.argv.slice(2)
const launch = await launchDesktop({
  electronFolder: join(applicationFolder, 'node_modules/electron'),
  applicationFolder,
  commandLine,
  environment: process.env,
  platform: process.platform,
  say: (text) => process.stderr.write(text),
})
if ('exitCode' in launch) process.exitCode = launch.exitCode
else {
  process.stderr.write(`The desktop application cannot be opened (${launch.reason}), so the same application is served to a browser on this machine.\n`)
  // From here on this process is `cryomoment serve`; a project given to the desktop is given to the server.
  const [first, ...rest] = commandLine
  process.argv.splice(2, Infinity, 'serve', '--port', '0', ...(first === undefined || first.startsWith('-') ? commandLine : ['--project', first, ...rest]))
  await import('./cli.ts')
}
