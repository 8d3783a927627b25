// Writes the package as JavaScript with its declarations: Node strips types from its own sources, never under node_modules.
//
//   node tools/build.mjs                 into dist/, as `npm pack` and `npm publish` do first
//   node tools/build.mjs --out FOLDER    somewhere else; FOLDER is emptied
//
// Types are blanked out by the same code of Node that runs the sources, so what is shipped is what was tested, line by line.
// Aliases and `.ts` suffixes become relative paths of the emitted files, which every bundler understands.

import { spawnSync } from 'node:child_process'
import { chmodSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleCli } from './bundle.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCES = '{contracts/client,contracts/protocol,node,cli}/**/*.ts'
const EXECUTABLE = 'cli/main.js'
const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** A literal that names a TypeScript file or an alias; the same in what is imported and in what is spawned. */
const SPECIFIER = /(?<quote>['"])(?<name>#[\w/-]+(?:\.ts)?|\.{1,2}\/[\w./-]+\.ts)\k<quote>/g

const at = process.argv.indexOf('--out')
const out = resolve(ROOT, at === -1 ? 'dist' : (process.argv[at + 1] ?? 'dist'))
rmSync(out, { recursive: true, force: true })
declare()
for (const path of globSync(SOURCES, { cwd: ROOT })) emit(path.replaceAll('\\', '/'))
for (const path of globSync('**/*.d.ts', { cwd: out })) relink(path.replaceAll('\\', '/'))
await bundleCli(out, ROOT)
chmodSync(join(out, EXECUTABLE), 0o755)

/** Declarations of what can be imported, by the compiler. */
function declare() {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
  const { status, error } = spawnSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', out], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  })
  if (error !== undefined || status !== 0) throw new Error(`Expected tsc to declare the types, got ${error ?? status}.`)
}

function emit(path) {
  const code = stripTypeScriptTypes(readFileSync(join(ROOT, path), 'utf8'))
  write(path.replace(/\.ts$/, '.js'), linked(path, code))
}

function relink(path) {
  write(path, linked(path, readFileSync(join(out, path), 'utf8')))
}

/** `code` of the file `path` with every alias and suffix as the emitted files have them. */
function linked(path, code) {
  return code.replaceAll(SPECIFIER, (whole, quote, name) => {
    const target = name.startsWith('#') ? aliased(name) : posix.join(posix.dirname(path), name)
    if (target === undefined) return whole
    const route = posix.relative(posix.dirname(path), target).replace(/\.ts$/, '.js')
    return `${quote}${route.startsWith('.') ? route : `./${route}`}${quote}`
  })
}

/** The file that package.json means by an alias; undefined for none. */
function aliased(name) {
  if (imports[name] !== undefined) return posix.normalize(imports[name])
  const pattern = Object.keys(imports).find((key) => key.endsWith('*') && name.startsWith(key.slice(0, -1)))
  if (pattern === undefined) return undefined
  return posix.normalize(imports[pattern].replace('*', name.slice(pattern.length - 1)))
}

function write(path, text) {
  const file = join(out, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
