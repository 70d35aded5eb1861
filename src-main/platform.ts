import { homedir } from 'node:os'
import { join } from 'node:path'

/** What differs between a desktop, a server and a test; everything else is the same program. */
export interface Platform {
  readonly mode: 'desktop' | 'remote'
  /** Preferences and recent projects. */
  readonly configFolder: string
  /** Where new projects and the demo go unless the person chose another place. */
  readonly projectsFolder: string
  /** The system's own dialog. */
  readonly pickPath?: (what: 'import' | 'project' | 'new-project', multiple: boolean) => Promise<readonly string[]>
  /** Shows a file in the system's file manager. */
  readonly reveal?: (path: string) => Promise<void>
  /** Moves a file or folder to the system's trash. */
  readonly trash?: (path: string) => Promise<void>
  /** Opens ChimeraX on a script; false where it is not installed. */
  readonly openInChimeraX?: (script: string) => Promise<boolean>
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The person's folder of settings: `CRYOMOMENT_HOME`, else what the system's custom says (XDG on Linux,
 * `~/Library/Application Support` on macOS, `%APPDATA%` on Windows).
 */
export function configurationFolder(environment: Environment = process.env, system: NodeJS.Platform = process.platform): string {
  const own = environment['CRYOMOMENT_HOME']
  if (own) return own
  const home = environment['HOME'] ?? homedir()
  if (system === 'darwin') return join(home, 'Library', 'Application Support', 'CryoMoment')
  if (system === 'win32') return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'CryoMoment')
  return join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'cryomoment')
}

/** A service without a desktop: no dialogs, no file manager. */
export function remotePlatform(environment: Environment = process.env): Platform {
  const own = environment['CRYOMOMENT_HOME']
  return {
    mode: 'remote',
    configFolder: configurationFolder(environment),
    projectsFolder: own ? join(own, 'projects') : join(environment['HOME'] ?? homedir(), 'CryoMoment'),
  }
}
