import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'

const TEXT = readFileSync('docs/invariants.md', 'utf8')

const CONTRACTS = [
  { name: 'MaturityOracle', abi: maturityOracleAbi, sources: ['MaturityOracle.sol', 'types/Dispute.sol'] },
  { name: 'SplitVault', abi: splitVaultAbi, sources: ['consumers/SplitVault.sol'] },
  {
    name: 'ReporterRegistry',
    abi: reporterRegistryAbi,
    sources: ['registry/Membership.sol', 'registry/Attestation.sol'],
  },
  { name: 'CouncilArbitrator', abi: councilArbitratorAbi, sources: ['arbitrators/CouncilArbitrator.sol'] },
]

/** The chapter of a contract, from its heading to the next. */
function chapterOf(name: string): string {
  const [, rest = ''] = TEXT.split(`\n## ${name}\n`)
  return rest.split('\n## ')[0] ?? ''
}

/** Functions that may change something. */
function actionsOf(abi: readonly { readonly type: string }[]): string[] {
  const functions = abi as readonly { type: string; name?: string; stateMutability?: string }[]
  return functions.flatMap(({ type, name = '', stateMutability }) =>
    type === 'function' && !['view', 'pure'].includes(stateMutability ?? '') ? [name] : [],
  )
}

/** State variables that are neither immutable nor constant, and the fields of the structs that a file declares. */
function storedIn(source: string): string[] {
  const text = readFileSync(`contracts/src/${source}`, 'utf8').replaceAll(/\/\/.*$/gm, '')
  const variable = /^ {4}(?:mapping\([^;]*\)|[\w[\].]+)(?: (?:private|public|internal))? (\w+);$/gm
  const structs = [...text.matchAll(/^ {4}struct \w+ \{([^}]*)\}/gm)].map(([, fields = '']) => fields)
  const fields = structs.flatMap((body) => [...body.matchAll(/(\w+);/g)])
  return [...text.matchAll(variable), ...fields].map(([, name = '']) => name)
}

test.each(CONTRACTS)('docs/invariants.md says of every function of $name who may call it', ({ name, abi }) => {
  const actions = actionsOf(abi)
  expect(actions.length).toBeGreaterThan(1)
  expect(actions.filter((action) => !chapterOf(name).includes(`\`${action}\``))).toEqual([])
})

test.each(CONTRACTS)(
  'docs/invariants.md says of everything that $name stores who may change it',
  ({ name, sources }) => {
    const stored = sources.flatMap(storedIn)
    expect(stored.length).toBeGreaterThan(0)
    expect(stored.filter((fact) => !chapterOf(name).includes(`\`${fact}\``))).toEqual([])
  },
)
