import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Compiled, compile, type CompilerName } from '../client/solidity.ts'
import { install, type Installed, ROOT } from './installed.ts'

const SOURCES = 'contracts/src/'
/** What consumers import beside interfaces and types. */
const CONSUMED = [
  'consumers/FixingConsumer.sol',
  'libraries/DistanceLib.sol',
  'libraries/FixingBuilder.sol',
  'libraries/SettlementLib.sol',
]

let installed: Installed
beforeAll(async () => {
  installed = await install()
})
afterAll(() => installed.remove())

function compileAs(compiler: CompilerName, name: string, text: string): Compiled {
  installed.write(`${name}.sol`, `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.19;\n\n${text}`)
  return compile({ compiler, root: installed.folder, entry: `${name}.sol` })
}

/** The packed sources by their paths below contracts/src. */
function sources(): Map<string, string> {
  const paths = installed.files.filter((path) => path.startsWith(SOURCES))
  return new Map(
    paths.map((path) => [path.slice(SOURCES.length), readFileSync(join(installed.unpacked, path), 'utf8')]),
  )
}

/** The sources that consumers import, with the compilers that they are for. */
function consumed(): Map<string, string> {
  return new Map(
    [...sources()]
      .filter(([path]) => /^(?:interfaces|types)\//.test(path) || CONSUMED.includes(path))
      .map(([path, text]) => [path, /^pragma solidity (.*);$/m.exec(text)?.[1] ?? 'none']),
  )
}

function importing(paths: readonly string[]): string {
  return `${paths.map((path) => `import "assize/${SOURCES}${path}";`).join('\n')}\ncontract Everything {}`
}

test.each(['solc-0.8.19', 'solc'] as const)(
  'the consumer of docs/integrators.md compiles with nothing but the package, by %s',
  (compiler) => {
    const guide = readFileSync(join(ROOT, 'docs/integrators.md'), 'utf8')
    const { abi } = compileAs(compiler, 'Bet', /```solidity\n([^`]*)```/.exec(guide)?.[1] ?? '')
    expect(abi).toContainEqual(expect.objectContaining({ type: 'function', name: 'winner' }))
  },
)

test('what consumers import compiles by the oldest compiler, with OpenZeppelin beside it', () => {
  installed.add(['@openzeppelin/contracts'])
  const old = [...consumed()].flatMap(([path, pragma]) => (pragma === '^0.8.19' ? [path] : []))
  expect(old.length).toBeGreaterThan(25)
  expect(compileAs('solc-0.8.19', 'Everything', importing(old)).abi).toEqual([])
})

test('what speaks of the registry needs solady too, and a compiler that knows its opcodes', () => {
  installed.add(['@openzeppelin/contracts', 'solady'])
  const newer = new Map([...consumed()].filter(([, pragma]) => pragma !== '^0.8.19'))
  expect(newer).toEqual(
    new Map([
      ['interfaces/IReporterRegistry.sol', '^0.8.25'],
      ['types/Reporter.sol', '^0.8.25'],
    ]),
  )
  expect(compileAs('solc', 'Everything', importing([...consumed().keys()])).abi).toEqual([])
})

test('what is deployed names one compiler, so that anyone gets the same code', () => {
  const known = consumed()
  const deployed = [...sources()].filter(([path]) => !known.has(path))
  expect(deployed.length).toBeGreaterThan(20)
  for (const [path, text] of deployed) expect(text, path).toContain('\npragma solidity 0.8.37;\n')
})

test('every package that the contracts import is one that it wants beside it', () => {
  const imported = [...sources().values()].flatMap((text) =>
    [...text.matchAll(/^import [^;]*"((?:@[\w-]+\/)?\w[\w-]*)\//gm)].map(([, name = '']) => name),
  )
  const manifest = JSON.parse(readFileSync(join(installed.unpacked, 'package.json'), 'utf8')) as {
    peerDependencies: Record<string, string>
    peerDependenciesMeta: Record<string, { optional?: boolean }>
  }
  const wanted = Object.keys(manifest.peerDependencies).filter((name) => name !== 'ccxt') // of the node
  expect(new Set(imported)).toEqual(new Set(wanted))
  for (const name of wanted) expect(manifest.peerDependenciesMeta[name], name).toEqual({ optional: true })
})
