// Writes what explorers take to verify our contracts: `npm run verification -- FOLDER`.
//
//   node tools/verification.mjs FOLDER              <Contract>.json for each: the compiler's standard JSON input
//   node tools/verification.mjs FOLDER --compile    and compiles each again, which takes minutes
//
// contracts.json beside them says what to choose in an explorer's form: the contract's name, the compiler and its licence. What
// a contract was constructed with stands in the record of its deployment (`assize deploy --record`).

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keccak256 } from 'viem'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCES = 'contracts/src/{*.sol,arbitrators/**/*.sol,consumers/**/*.sol}'
/** What an explorer reads of the compiler's answer. */
const OUTPUT = { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } }

const [folder, ...flags] = process.argv.slice(2)
if (folder === undefined || flags.some((flag) => flag !== '--compile')) {
  process.stderr.write('verification: Expected a folder, and perhaps --compile.\n')
  process.exit(1)
}
const paths = globSync(SOURCES, { cwd: ROOT }).toSorted()
if (!paths.every(isBuilt)) build()
const contracts = paths.flatMap(contractOf)
mkdirSync(folder, { recursive: true })
for (const { name, input } of contracts) write(`${name}.json`, input)
write(
  'contracts.json',
  contracts.map(({ name, contract, compiler, licence }) => ({
    name,
    contract,
    compiler,
    licence,
    input: `${name}.json`,
  })),
)
process.stdout.write(`${contracts.length} inputs in ${folder}\n`)
if (flags.includes('--compile')) for (const one of contracts) compile(one)

/** Whether what forge built is of the sources as they are. */
function isBuilt(path) {
  const artifact = artifactOf(path)
  if (!existsSync(artifact)) return false
  const { sources } = JSON.parse(readFileSync(artifact, 'utf8')).metadata
  return Object.entries(sources).every(
    ([source, built]) =>
      existsSync(join(ROOT, source)) && keccak256(readFileSync(join(ROOT, source))) === built.keccak256,
  )
}

function artifactOf(path) {
  const name = basename(path, '.sol')
  return join(ROOT, 'contracts', 'out', `${name}.sol`, `${name}.json`)
}

/** Builds contracts/src alone. */
function build() {
  const forge = join(ROOT, 'node_modules', '.bin', 'forge')
  const { status } = spawnSync(forge, ['build', 'contracts/src'], { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`Expected contracts/src to build, got exit code ${status}.`)
}

/** A contract that can be deployed, as forge built it; none for an abstract one. */
function contractOf(path) {
  const name = basename(path, '.sol')
  const { bytecode, metadata } = JSON.parse(readFileSync(artifactOf(path), 'utf8'))
  if (bytecode.object === '0x') return []
  if (metadata.settings.viaIR !== true) throw new Error(`Expected ${name} built via IR, got a test profile's.`)
  const { compilationTarget, ...settings } = metadata.settings
  const [[source]] = Object.entries(compilationTarget)
  return [
    {
      name,
      contract: `${source}:${name}`,
      compiler: `v${metadata.compiler.version}`,
      licence: metadata.sources[source].license,
      creationCode: bytecode.object,
      input: {
        language: metadata.language,
        sources: Object.fromEntries(Object.keys(metadata.sources).map(sourceOf)),
        settings: { ...settings, outputSelection: OUTPUT },
      },
    },
  ]
}

function sourceOf(path) {
  return [path, { content: readFileSync(join(ROOT, path), 'utf8') }]
}

/** Fails if the input does not give what was built. */
function compile({ name, contract, creationCode, input }) {
  const [source] = contract.split(':')
  const { contracts: built, errors = [] } = JSON.parse(loadSolc().compile(JSON.stringify(input)))
  const code = built?.[source]?.[name]?.evm.bytecode.object
  if (`0x${code}` === creationCode) {
    process.stdout.write(`${name}: the same bytecode\n`)
    return
  }
  const [first] = errors.filter(({ severity }) => severity === 'error')
  process.stderr.write(`verification: Expected the bytecode of ${name}, got ${first?.formattedMessage ?? 'another'}.\n`)
  process.exitCode = 1
}

/** Slow to load, and only needed to compile. */
function loadSolc() {
  return createRequire(import.meta.url)('solc')
}

function write(file, content) {
  writeFileSync(join(folder, file), `${JSON.stringify(content, undefined, 2)}\n`)
}
