// Packs what is published: `npm run package` leaves a tarball here, for `npm install` and `npm publish`.
//
//   node tools/package.mjs [FOLDER]    into FOLDER; its path is the only line on stdout
//
// As `npm pack`, with a manifest of what somebody needs who installs the package. npm knows no dependencies that are both
// for development and optional, so Node itself and Foundry's compiler stand among the optional ones here: installed elsewhere
// they would take a third of a gigabyte and put another `node` first for every script of whoever installs them.

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { scratchFolder, start } from './scratch.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const DEVELOPMENT = ['devDependencies', 'scripts', 'overrides', 'allowScripts', 'imports', 'private']
const TOOLS = /^(?:node-|@foundry-rs\/(?:forge|cast)-)/

const folder = resolve(process.argv[2] ?? '.')
const stage = scratchFolder('assize-package-')
// `dist` is built below.
for (const path of ['README.md', 'LICENSE', ...MANIFEST.files.filter((name) => name !== 'dist')]) {
  cpSync(join(ROOT, path), join(stage, path), { recursive: true })
}
writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published(), undefined, 2)}\n`)
await run(process.execPath, [
  '--disable-warning=ExperimentalWarning',
  join(ROOT, 'tools', 'build.mjs'),
  '--out',
  join(stage, 'dist'),
])
const listed = await run('npm', ['pack', '--json', '--offline', '--pack-destination', folder])
const [packed] = Object.values(JSON.parse(listed))
process.stdout.write(`${join(folder, packed.filename)}\n`)

function published() {
  const kept = Object.entries(MANIFEST).filter(([name]) => !DEVELOPMENT.includes(name))
  const optional = Object.entries(MANIFEST.optionalDependencies).filter(([name]) => !TOOLS.test(name))
  return { ...Object.fromEntries(kept), optionalDependencies: Object.fromEntries(optional) }
}

/** What the command wrote; its messages pass through. */
async function run(file, args) {
  const child = start(file, args, { cwd: stage, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((end) => {
    child.on('error', end)
    child.on('close', (code, signal) => end(signal ?? `exit code ${code}`))
  })
  const [stdout, how] = await Promise.all([text(child.stdout), ended])
  if (how !== 'exit code 0') throw new Error(`Expected ${file} to succeed, got ${how}.`)
  return stdout
}
