import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Abi, toFunctionSignature } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chainlinkFeedAbi } from '#protocol/abi/chainlink-feed.ts'
import { conditionalTokensReporterAbi } from '#protocol/abi/conditional-tokens-reporter.ts'
import { erc7726QuoteAbi } from '#protocol/abi/erc-7726-quote.ts'
import { morphoPriceAbi } from '#protocol/abi/morpho-price.ts'
import { resultsByIdAbi } from '#protocol/abi/results-by-id.ts'
import { type Compiled, compile, type CompilerName } from '../client/solidity.ts'
import { blocksIn } from '../docs/blocks.ts'
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

/** The blocks of docs/integrators.md in one language, in their order. */
function shown(language: string): string[] {
  const blocks = blocksIn('docs/integrators.md', readFileSync(join(ROOT, 'docs/integrators.md'), 'utf8'))
  return blocks.flatMap(({ info, text }) => (info === language ? [text] : []))
}

test.each(['solc-0.8.19', 'solc'] as const)(
  'the consumer of docs/integrators.md compiles with nothing but the package, by %s',
  (compiler) => {
    const { abi } = compileAs(compiler, 'Bet', shown('solidity')[0] ?? '')
    expect(abi).toContainEqual(expect.objectContaining({ type: 'function', name: 'winner' }))
  },
)

const ADAPTERS: Readonly<Record<string, Abi>> = {
  ChainlinkFeed: chainlinkFeedAbi,
  ConditionalTokensReporter: conditionalTokensReporterAbi,
  Erc7726Quote: erc7726QuoteAbi,
  MorphoPrice: morphoPriceAbi,
  ResultsById: resultsByIdAbi,
}

/** What can be called, in order. */
function functionsOf(abi: Abi): string[] {
  return abi.flatMap((part) => (part.type === 'function' ? [toFunctionSignature(part)] : [])).toSorted()
}

test.each(Object.keys(ADAPTERS))('the oldest compiler holds all of %s by its interface', (name) => {
  const from = `assize/${SOURCES}interfaces/consumers/I${name}.sol`
  const text = `import {I${name}} from "${from}";\ninterface Held${name} is I${name} {}`
  expect(functionsOf(compileAs('solc-0.8.19', `Held${name}`, text).abi)).toEqual(functionsOf(ADAPTERS[name] ?? []))
})

test.each(['DollarInvoice', 'ScalarMarket', 'ThreeReaders'])(
  'the reader %s of docs/examples compiles by the oldest compiler, with nothing but the package',
  (name) => {
    const example = readFileSync(join(ROOT, `docs/examples/adapters/${name}.sol`), 'utf8')
    const { bytecode } = compileAs('solc-0.8.19', name, example.slice(example.indexOf('import ')))
    expect(bytecode.length).toBeGreaterThan(1000)
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

test('in a project of `forge init` the test of docs/integrators.md runs, and every contract compiles', async () => {
  installed.add(['@openzeppelin/contracts', 'solady'])
  for (const folder of ['src', 'test', 'lib']) mkdirSync(join(installed.folder, folder))
  symlinkSync(join(ROOT, 'node_modules/@uniswap/v4-core/lib/forge-std'), join(installed.folder, 'lib/forge-std'))
  const [contract = '', tested = ''] = shown('solidity')
  const every = [...sources().keys()].map((path, i) => `import * as File${i} from "assize/${SOURCES}${path}";\n`)
  const texts = { 'src/Bet.sol': contract, 'test/Bet.t.sol': tested, 'src/Every.sol': every.join('') }
  for (const [name, text] of Object.entries(texts)) installed.write(name, `pragma solidity ^0.8.19;\n${text}`)
  installed.write('remappings.txt', shown('text').find((text) => text.startsWith('assize/=')) ?? '')
  installed.write('foundry.toml', '[profile.default]\nsrc = "src"\nout = "out"\nlibs = ["lib"]\n') // as forge init writes it
  const env = { FOUNDRY_SOLC: join(ROOT, 'tools/solc'), FOUNDRY_OFFLINE: 'true' }
  const { exitCode, out, err } = await installed.run('forge', ['test'], env)
  expect(exitCode, `${out}${err}`).toBe(0)
  expect(out).toContain('2 tests passed, 0 failed')
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
