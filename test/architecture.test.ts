import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { partCycles, PLACED, STAGES, stageViolations } from './architecture/node-stages.ts'
import { solidityViolations } from './architecture/solidity-rules.ts'
import type { SourceFile, Violation } from './architecture/source-text.ts'
import { typescriptViolations } from './architecture/typescript-rules.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SCANNED = ['contracts/{src,protocol,client}/**/*.{ts,sol}', '{node,cli,test}/**/*.{ts,sol}']
const GENERATED = /^contracts\/(protocol\/abi|client\/bytecode)\//

/** Every broken rule of the layout in `files`, as `path:line rule`. */
function violationsOf(files: readonly SourceFile[]): string[] {
  return files
    .flatMap((file) => [
      ...nameViolations(file),
      ...(file.path.endsWith('.sol')
        ? solidityViolations(file)
        : [...typescriptViolations(file), ...stageViolations(file)]),
    ])
    .map(({ path, line, rule }) => `${path}:${line} ${rule}`)
}

function nameViolations({ path }: SourceFile): Violation[] {
  const isVague =
    /(?:^|[-./])(?:utils?|helpers?|common)(?=[-./])/i.test(path) || /(?:Utils?|Helpers?|Common)\.sol$/.test(path)
  const isIndex = /(?:^|\/)index\.ts$/.test(path)
  return isVague || isIndex ? [{ path, line: 0, rule: 'a file is named after its stage or its thing' }] : []
}

/** What the rules say of one file that does not exist. */
function planted(path: string, text: string): string[] {
  return violationsOf([{ path, text }])
}

describe('the layout (docs/architecture.md)', () => {
  const paths = globSync(SCANNED, { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'))
  const files = paths
    .filter((path) => !GENERATED.test(path))
    .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }))
  const document = readFileSync(`${ROOT}docs/architecture.md`, 'utf8')

  test('is kept by every source file', () => {
    expect(files.filter(({ path }) => !path.startsWith('test/'))).not.toHaveLength(0)
    expect(violationsOf(files)).toEqual([])
  })

  test('is told by its document in the order of the stages', () => {
    const [, told = ''] = /one direction: ([^.]+)\./.exec(document) ?? []
    expect(told.split('→').map((stage) => stage.trim())).toEqual(STAGES)
  })

  test('is told with files that are there', () => {
    const named = [...document.matchAll(/`([\w-]+(?:\/[\w-]+)*\/[\w-]+\.(?:ts|sol|mjs))`/g)].map(
      ([, path = '']) => path,
    )
    expect(named.length).toBeGreaterThan(30)
    const folders = (path: string): string[] => (path.startsWith('node/') ? [''] : ['', 'node/', 'contracts/src/'])
    expect(named.filter((path) => !folders(path).some((folder) => existsSync(`${ROOT}${folder}${path}`)))).toEqual([])
  })

  test('gives no place to what is not there', () => {
    expect(
      PLACED.filter((name) => !existsSync(`${ROOT}node/${name}`) && !existsSync(`${ROOT}node/${name}.ts`)),
    ).toEqual([])
  })

  test('has no circle among the parts of the node', () => {
    expect(partCycles(files)).toEqual([])
  })
})

describe('the checker of the layout finds', () => {
  const cases: readonly (readonly [path: string, text: string, want: string])[] = [
    ['contracts/protocol/a.ts', "import { readFileSync } from 'node:fs'", ':1 protocol imports only itself, viem, '],
    ['contracts/protocol/a.ts', "import pino from 'pino'", ':1 protocol imports only itself, viem, '],
    [
      'contracts/protocol/a.ts',
      "import { read } from '#client/oracle-reader.ts'",
      ':1 contracts/protocol does not know this alias',
    ],
    ['contracts/protocol/a.ts', '\n\nconst now = Date.now()', ':3 protocol has no I/O'],
    ['contracts/protocol/a.ts', 'const x = Math.random()', ':1 protocol has no I/O'],
    ['contracts/protocol/a.ts', 'const x = process.env.HOME', ':1 protocol has no I/O'],
    ['contracts/protocol/a.ts', 'const x = `${process.env.HOME}`', ':1 protocol has no I/O'],
    ['contracts/protocol/a.ts', "import { http } from 'viem'", ':1 only contracts/client speaks RPC'],
    ['contracts/client/a.ts', "import { read } from '#node/store'", ':1 contracts/client does not know this alias'],
    [
      'contracts/client/a.ts',
      "const body = await fetch('http://x')",
      ':1 only node/source, node/http and cli/demo speak HTTP',
    ],
    [
      'contracts/client/a.ts',
      "import { x } from '../protocol/fixing.ts'",
      ':1 relative paths stay inside contracts/client',
    ],
    [
      'node/watch.ts',
      "export type { Run } from '../cli/main.ts'\nexport const x = 1",
      ':1 relative paths stay inside node',
    ],
    ['node/watch.ts', "import type { Guard } from '#node/guard'", ':1 node does not know this alias'],
    ['node/clock.ts', "import type { Sampling } from '#node/source'", ':1 clock comes before source'],
    ['node/watch.ts', "import { open } from '#node/store'", ':1 watch takes only types from store'],
    [
      'node/watch.ts',
      "import {\n  type Chain,\n  createPublicClient,\n} from 'viem'",
      ':1 only contracts/client speaks RPC',
    ],
    ['node/watch.ts', "import * as viem from 'viem'", ':1 only contracts/client speaks RPC'],
    ['node/watch.ts', 'const text = await fetch(url)', ':1 only node/source, node/http and cli/demo speak HTTP'],
    ['node/watch.ts', "import { request } from 'node:https'", ':1 only node/source, node/http and cli/demo speak HTTP'],
    ['node/watch.ts', 'const now = Date.now()', ':1 only node/clock.ts, cli/clock.ts read the clock'],
    ['node/watch.ts', 'const now = new Date()', ':1 only node/clock.ts, cli/clock.ts read the clock'],
    ['node/watch.ts', "const x = await import('../test/architecture.test.ts')", ':1 relative paths stay inside node'],
    ['node/watch.ts', 'const x = await import(name)', ':1 a dynamic import names its module literally'],
    ['node/watch.ts', "import { x } from '/etc/x.ts'", ':1 imports are relative, aliases or packages'],
    ['node/quorum.ts', "import type { Watch } from './watch.ts'", ':1 quorum comes before watch'],
    ['node/store/store.ts', "import type { Stake } from '../stake.ts'", ':1 store comes before stake'],
    ['node/watch.ts', "import { quorum } from './quorum.ts'", ':1 watch takes only types from quorum'],
    ['node/watch.ts', "import { type Quorum } from './quorum.ts'", ':1 watch takes only types from quorum'],
    ['node/watch.ts', "import type { Node } from './node.ts'", ':1 nothing imports node/node'],
    ['node/log.ts', "import type { Watch } from './watch.ts'", ':1 node/log is below all stages'],
    ['node/ground/halt.ts', "import type { Watch } from '../watch.ts'", ':1 node/ground is below all stages'],
    ['node/node/loop.ts', "import type { Node } from '../node.ts'", ':1 a part of the node does not know the whole'],
    ['node/signer.ts', "import { openKeys } from './node/keys.ts'", ':1 the signer does not know the node'],
    ['node/brand-new.ts', 'export const x = 1', ':0 node/brand-new is no known stage'],
    ['cli/commands/a.ts', "import { guard } from '#node/guard'", ':1 cli does not know this alias'],
    ['cli/commands/a.ts', "import { guard } from '../../node/guard.ts'", ':1 relative paths stay inside cli'],
    ['cli/commands/a.ts', "import { x } from '../../docs/a.ts'", ':1 relative paths stay inside cli'],
    ['cli/commands/a.ts', 'await fetch(url)', ':1 only node/source, node/http and cli/demo speak HTTP'],
    ['cli/a.ts', 'export default function run() {}', ':1 no default exports'],
    ['cli/a.ts', 'const run = 1\nexport { run as default }', ':2 no default exports'],
    ['cli/a.ts', "const x = 1\nexport * from './b.ts'", ':2 no `export *`'],
    ['cli/a.ts', "/** All. */\nexport { b } from './b.ts'\nexport type { C } from './c.ts'", ':0 no barrels'],
    ['cli/index.ts', 'export const x = 1', ':0 a file is named after'],
    ['cli/hash-utils.ts', 'export const x = 1', ':0 a file is named after'],
    ['node/gossip/helpers/x.ts', 'export const x = 1', ':0 a file is named after'],
    ['test/contracts/TestHelper.sol', 'contract A {}', ':0 a file is named after'],
    [
      'contracts/src/types/A.sol',
      'import {BondLib} from "../libraries/BondLib.sol";',
      ':1 types must not import libraries',
    ],
    ['contracts/src/types/A.sol', 'import "../interfaces/IArbitrator.sol";', ':1 types must not import interfaces'],
    [
      'contracts/src/interfaces/IA.sol',
      'import {B} from "../libraries/B.sol";',
      ':1 interfaces must not import libraries',
    ],
    [
      'contracts/src/libraries/A.sol',
      'import {B} from "../MaturityOracle.sol";',
      ':1 libraries must not import a core contract',
    ],
    [
      'contracts/src/consumers/A.sol',
      'import {I} from "../interfaces/IMaturityOracle.sol";',
      ':1 a consumer sees the oracle only as',
    ],
    [
      'contracts/src/consumers/SplitVault.sol',
      'import * as M from "../MaturityOracle.sol";',
      ':1 a consumer sees the oracle only as',
    ],
    ['contracts/src/A.sol', 'import {B} from "./consumers/B.sol";', ':1 a core contract must not import consumers'],
    [
      'contracts/src/registry/A.sol',
      'import {B} from "../MaturityOracle.sol";',
      ':1 registry must not import a core contract',
    ],
    ['contracts/src/consumers/A.sol', 'import {B} from "../registry/B.sol";', ':1 consumers must not import registry'],
    [
      'contracts/src/A.sol',
      'import {Test} from "forge-std/Test.sol";',
      ':1 contracts/src imports @openzeppelin/contracts/, solady/',
    ],
    [
      'contracts/src/A.sol',
      'import {T} from "../../test/contracts/T.sol";',
      ':1 contracts/src imports nothing outside itself',
    ],
    ['contracts/src/new/A.sol', 'import {B} from "../types/B.sol";', ':1 contracts/src/new is no known folder'],
  ]

  test.each(cases)('in %s: %s', (path, text, want) => {
    const found = planted(path, text)
    expect(found).toHaveLength(1)
    expect(found[0]?.slice(0, path.length + want.length)).toBe(`${path}${want}`)
  })
})

test('the checker of the layout finds a circle of values, and none of types', () => {
  const part = (name: string, text: string): SourceFile => ({ path: `node/node/${name}.ts`, text })
  const circle = [
    part('a', "import { b } from './b.ts'"),
    part('b', "import { c } from './c.ts'"),
    part('c', "import { b } from './b.ts'"),
  ]
  expect(partCycles(circle)).toEqual(['b.ts → c.ts → b.ts'])
  expect(partCycles([...circle.slice(0, 2), part('c', "import type { B } from './b.ts'")])).toEqual([])
})

describe('the checker of the layout accepts', () => {
  const cases: readonly (readonly [path: string, text: string])[] = [
    ['contracts/protocol/a.ts', "import { keccak256 } from 'viem'\nimport { sha3 } from '@noble/hashes/sha3.js'"],
    [
      'contracts/protocol/a.ts',
      "/** Not Date.now(), nor process.env. */\nexport const name = 'Date.now() fetch(url)' // Math.random()",
    ],
    ['contracts/protocol/a.ts', 'export const isQuote = (x: string) => /[\'"`/]/.test(x) // `${Date.now()}`'],
    ['contracts/protocol/a.ts', 'export const half = (a: number, b: number) => a / b / 2'],
    ['contracts/protocol/a.ts', 'export const at = (seconds: number) => new Date(seconds * 1000).toISOString()'],
    [
      'contracts/client/chain.ts',
      "import { createPublicClient, http } from 'viem'\nimport { spawn } from 'node:child_process'",
    ],
    ['node/clock.ts', 'export const now = () => Date.now()'],
    ['node/source/download.ts', "import type { Clock } from '../clock.ts'\nawait fetch(url)"],
    ['node/watch.ts', "import type { Quorum } from './quorum.ts'\nimport { createLog } from './log.ts'"],
    ['node/observe.ts', "import type { Sampling } from '#node/source'"],
    ['node/node.ts', "import { watch } from './watch.ts'\nimport { guard } from './guard.ts'"],
    ['node/node/loop.ts', "import { watch } from '../watch.ts'\nimport type { Parts } from './parts.ts'"],
    ['cli/commands/a.ts', "import { open } from '#node/store'\nimport { Command } from 'commander'"],
    ['cli/a.ts', "export { b } from './b.ts'\nexport const c = 1"],
    ['test/node/watch.test.ts', "import { watch } from '../../node/watch.ts'\nconst now = Date.now()"],
    ['contracts/src/libraries/A.sol', 'import {I} from "../interfaces/I.sol";\n// import {B} from "../B.sol";'],
    ['contracts/src/consumers/A.sol', 'import {ISettlementSource} from "../interfaces/ISettlementSource.sol";'],
  ]

  test.each(cases)('in %s: %s', (path, text) => {
    expect(planted(path, text)).toEqual([])
  })
})
