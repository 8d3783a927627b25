#!/usr/bin/env node
// Adds to package-lock.json the optional platform packages that npm dropped from it.
//
// npm leaves an optional dependency out of the lockfile when the registry in use does not carry it, and `npm ci` then
// refuses the lockfile with "Missing: <name> from lock file". Each such dependency that asks for one exact version gets
// an optional entry here; its platform is read from its name, so that npm neither fetches nor needs it elsewhere.
// Run it after every change of dependencies: `node tools/mend-lockfile.mjs`. With `--check` it only reports.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LOCKFILE = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const OPERATING_SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const PROCESSORS = {
  amd64: 'x64',
  arm: 'arm',
  arm64: 'arm64',
  armv7: 'arm',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  universal: null,
  wasm32: 'wasm32',
  x64: 'x64',
}

const text = readFileSync(LOCKFILE, 'utf8')
const lock = JSON.parse(text)
const missing = findMissing(lock.packages)

for (const { name, version, dev } of missing.mendable) {
  lock.packages[`node_modules/${name}`] = { version, ...sortedByKey({ ...platformOf(name), ...dev, optional: true }) }
}
for (const { name, range, by } of missing.ranges) {
  process.stderr.write(`mend-lockfile: ${by} asks for ${name}@${range}, which is no exact version: pin it by hand\n`)
}

if (missing.mendable.length > 0 && process.argv.includes('--check')) {
  process.stderr.write(`mend-lockfile: ${missing.mendable.length} entries missing, run node tools/mend-lockfile.mjs\n`)
  process.exitCode = 1
} else if (missing.mendable.length > 0) {
  const sorted = sortedByKey(lock.packages)
  writeFileSync(LOCKFILE, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`)
}
process.stderr.write(`mend-lockfile: ${missing.mendable.length} missing optional packages\n`)

/** Every optional dependency named in the lockfile that no entry satisfies by its place in the tree. */
function findMissing(packages) {
  const mendable = new Map()
  const ranges = []
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isPresent(packages, path, name)) continue
      if (EXACT.test(range)) mendable.set(name, { name, version: range, dev: entry.dev === true ? { dev: true } : {} })
      else ranges.push({ name, range, by: path || 'package.json' })
    }
  }
  return { mendable: [...mendable.values()], ranges }
}

/** Walks node_modules upwards from `path`, as Node's resolution does. */
function isPresent(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (packages[candidate] !== undefined) return true
    if (at === '') return false
  }
}

/** The `os`, `cpu` and `libc` fields that a platform package's name implies. */
function platformOf(name) {
  const words = name.split('/').at(-1).split(/[-.]/)
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word))
  const cpu = words.map((word) => PROCESSORS[word]).find((word) => typeof word === 'string')
  const libc =
    words.includes('musl') || words.includes('musleabihf') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(os === undefined ? {} : { os: [os] }),
  }
}

/** As npm orders its entries, so that its next run changes nothing. */
function sortedByKey(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b, 'en')))
}
