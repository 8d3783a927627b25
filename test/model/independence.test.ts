import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importsOf } from '../architecture/imports.ts'
import { codeOf } from '../architecture/source-text.ts'

/** What starts the chain that the games are replayed on, and what writes down a block's header; no rule of the protocol is in them. */
const CHAIN = '#client/embedded-chain.ts'
const HEADER = '#client/block-header.ts'
/** Curves: keys and signatures are made with them, and no rule of the protocol is in them. */
const CURVES = /^(?:@noble\/curves\/[\w-]+\.js|@chainsafe\/blst)$/
const FROM_VIEM = /^(?:Abi\w*|Address|Hex|concat|keccak256|encode\w+|to\w+)$/

/** The models that were written from the specification alone: of the dispute, the registry, the jury, the other arbitrators and the attacker's market. */
const MODELS = [
  ...globSync(['test/model/*.ts', 'test/model/registry/*.ts', 'test/model/jury/*.ts', 'test/model/courts/*.ts']),
  'test/attack/market.ts',
  'test/attack/ratio.ts',
].filter((path) => !path.endsWith('.test.ts'))

/** Imports of a model's file that are neither its own folder's, nor node's, nor plain encoding and hashing. */
function foreignImports(path: string): string[] {
  return importsOf(codeOf(readFileSync(path, 'utf8')))
    .filter(({ specifier = '', names }) => {
      if (specifier.startsWith('node:')) return false
      if (isNear(path, specifier) || CURVES.test(specifier)) return false
      return specifier !== 'viem' || !names.every((name) => FROM_VIEM.test(name))
    })
    .map(({ specifier }) => `${path}: ${specifier}`)
}

function isNear(path: string, specifier: string): boolean {
  if (/^\.\/(?:(?:registry|jury|courts)\/)?[\w-]+\.ts$/.test(specifier)) return true
  return /^test\/model\/(?:registry|jury|courts)\//.test(path) && /^\.\.\/[\w-]+\.ts$/.test(specifier)
}

test('the models import nothing of what they are compared with', () => {
  expect(MODELS.length).toBeGreaterThan(30)
  expect(MODELS.flatMap(foreignImports)).toEqual([
    `test/model/arena.ts: ${CHAIN}`,
    `test/model/jury/arena.ts: ${HEADER}`,
    `test/model/jury/arena.ts: ${CHAIN}`,
  ])
})

test('the model in Solidity takes types and errors from the contracts, and no rule', () => {
  const imports = [
    ...readFileSync('test/contracts/support/GameModel.sol', 'utf8').matchAll(/^import .* from "(.*)";$/gm),
  ]
  expect(imports.length).toBeGreaterThan(0)
  expect(imports.filter(([, path = '']) => !/^src\/(?:interfaces|types)\//.test(path))).toEqual([])
})
