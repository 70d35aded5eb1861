import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'

interface Zone {
  readonly name: string
  readonly files: readonly string[]
  readonly except?: readonly string[]
  readonly uses: readonly string[]
  readonly packages: readonly string[]
  readonly node: boolean
}

interface Import {
  readonly from: string
  readonly specifier: string
  /** The file it names, relative to the root; undefined for packages. */
  readonly file: string | undefined
  readonly dynamic: boolean
}

const root = resolve(import.meta.dirname, '../..')
const zones = JSON.parse(readFileSync(join(import.meta.dirname, 'zones.json'), 'utf8')) as Zone[]
const aliases = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: Record<string, string> }).imports
let imports: Import[] = []
let files: string[] = []

// `**` is any path, `*` any part of a name.
function matchesGlob(file: string, pattern: string): boolean {
  const source = pattern.replace(/[.+]/g, '\\$&').replace(/\*\*\/|\*\*|\*/g, (star) => (star === '*' ? '[^/]*' : star === '**' ? '.*' : '(?:.*/)?'))
  return new RegExp(`^${source}$`).test(file)
}

function zonesOf(file: string): Zone[] {
  return zones.filter((zone) => zone.files.some((pattern) => matchesGlob(file, pattern)) && !(zone.except ?? []).some((pattern) => matchesGlob(file, pattern)))
}

function zoneOf(file: string): Zone {
  const found = zonesOf(file)
  if (found.length !== 1) throw new Error(`${file} is in ${found.length} zones`)
  return found[0]!
}

function resolveSpecifier(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(from), specifier))
  for (const [alias, target] of Object.entries(aliases)) {
    const prefix = alias.slice(0, -1)
    if (specifier.startsWith(prefix)) return relative(root, resolve(root, target.slice(0, -1) + specifier.slice(prefix.length)))
  }
  return undefined
}

function importsOf(from: string, text: string): Import[] {
  const found: Import[] = []
  const add = (specifier: string, dynamic: boolean): number => found.push({ from, specifier, file: resolveSpecifier(from, specifier), dynamic })
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) add(node.moduleSpecifier.text, false)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && ts.isStringLiteral(node.arguments[0]!)) add(node.arguments[0].text, true)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) add(node.argument.literal.text, false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(from, text, ts.ScriptTarget.ES2023))
  return found
}

beforeAll(async () => {
  const all: string[] = []
  for (const folder of ['src-main', 'src-worker']) {
    for (const name of await readdir(join(root, folder), { recursive: true })) if (name.endsWith('.ts')) all.push(`${folder}/${name}`)
  }
  // AssemblyScript is another language; dist and node_modules are not sources.
  files = all.filter((file) => !/(^|\/)(dist|node_modules|assembly|generated)\//.test(file) && !file.endsWith('.d.ts'))
  for (const file of files) imports.push(...importsOf(file, await readFile(join(root, file), 'utf8')))
  imports = imports.filter(({ file }) => file === undefined || (/^src-/.test(file) && !file.includes('/generated/')))
})

it('puts every source file in exactly one zone', () => {
  expect(files.length).toBeGreaterThan(30)
  expect(files.filter((file) => zonesOf(file).length !== 1)).toEqual([])
})

it('lets every import follow the table', () => {
  const wrong = imports.flatMap(({ from, specifier, file }) => {
    const zone = zoneOf(from)
    if (file !== undefined) {
      const target = zoneOf(file)
      return target === zone || zone.uses.includes(target.name) ? [] : [`${from} (${zone.name}) imports ${specifier} (${target.name})`]
    }
    if (specifier.startsWith('node:')) return zone.node ? [] : [`${from} (${zone.name}) imports ${specifier}`]
    return zone.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)) ? [] : [`${from} (${zone.name}) imports the package ${specifier}`]
  })
  expect(wrong).toEqual([])
})

it('has no cycle of zones in the table', () => {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    expect(path, `cycle ${[...path, name].join(' -> ')}`).not.toContain(name)
    if (done.has(name)) return
    for (const next of zones.find((zone) => zone.name === name)!.uses) visit(next, [...path, name])
    done.add(name)
  }
  for (const zone of zones) visit(zone.name, [])
  expect(done.size).toBe(zones.length)
})

it('uses aliases between zones and relative paths inside one', () => {
  const wrong = imports.filter(({ from, specifier, file }) => {
    if (file === undefined) return false
    // Zones that share a folder are neighbours; the contract is everybody's, by its alias.
    const sameFolder = from.split('/').slice(0, 2).join('/') === file.split('/').slice(0, 2).join('/') || (from.startsWith('src-main/') && file.startsWith('src-main/') && !file.startsWith('src-main/contract/'))
    return specifier.startsWith('.') !== sameFolder
  })
  expect(wrong.map(({ from, specifier }) => `${from}: ${specifier}`)).toEqual([])
})

describe('the catalogue', () => {
  it('loads settings, the pure core and zod, and no computation', () => {
    const seen = new Set<string>()
    const packages = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const used of imports.filter(({ from, dynamic }) => from === file && !dynamic)) {
        if (used.file === undefined) packages.add(used.specifier)
        else visit(used.file)
      }
    }
    visit('src-worker/task/catalog.ts')
    expect([...packages].filter((name) => name !== 'zod')).toEqual([])
    expect([...seen].map((file) => zoneOf(file).name).filter((name) => name !== 'settings' && name !== 'core')).toEqual([])
  })
})
