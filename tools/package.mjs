// Packs what is published: `npm run package` leaves a tarball here, for `npm install` and `npm publish`.
//
//   node tools/package.mjs [FOLDER]    into FOLDER; its path is the only line on stdout
//
// As `npm pack`, with a manifest of what somebody needs who installs the package. npm knows no dependencies that are both
// for development and optional, so Node itself and Foundry's compiler stand among the optional ones here: installed elsewhere
// they would take a third of a gigabyte and put another `node` first for every script of whoever installs them.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const DEVELOPMENT = ['devDependencies', 'scripts', 'overrides', 'allowScripts', 'imports', 'private']
const TOOLS = /^(?:node-|@foundry-rs\/(?:forge|cast)-)/

const folder = resolve(process.argv[2] ?? '.')
const stage = mkdtempSync(join(tmpdir(), 'assize-package-'))
try {
  // `dist` is built below.
  for (const path of ['README.md', 'LICENSE', ...MANIFEST.files.filter((name) => name !== 'dist')]) {
    cpSync(join(ROOT, path), join(stage, path), { recursive: true })
  }
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published(), undefined, 2)}\n`)
  run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'tools', 'build.mjs'),
    '--out',
    join(stage, 'dist'),
  ])
  const [packed] = Object.values(JSON.parse(run('npm', ['pack', '--json', '--offline', '--pack-destination', folder])))
  process.stdout.write(`${join(folder, packed.filename)}\n`)
} finally {
  rmSync(stage, { recursive: true, force: true })
}

function published() {
  const kept = Object.entries(MANIFEST).filter(([name]) => !DEVELOPMENT.includes(name))
  const optional = Object.entries(MANIFEST.optionalDependencies).filter(([name]) => !TOOLS.test(name))
  return { ...Object.fromEntries(kept), optionalDependencies: Object.fromEntries(optional) }
}

/** What the command wrote; its messages pass through. */
function run(file, args) {
  const { status, stdout, error } = spawnSync(file, args, {
    cwd: stage,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (error !== undefined || status !== 0)
    throw new Error(`Expected ${file} to succeed, got ${error ?? `exit code ${status}`}.`)
  return stdout
}
