import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chainlinkFeedBytecode } from '#client/bytecode/chainlink-feed.ts'
import { conditionalTokensReporterBytecode } from '#client/bytecode/conditional-tokens-reporter.ts'
import { councilArbitratorBytecode } from '#client/bytecode/council-arbitrator.ts'
import { erc7726QuoteBytecode } from '#client/bytecode/erc-7726-quote.ts'
import { juryArbitratorBytecode } from '#client/bytecode/jury-arbitrator.ts'
import { maturityOracleBytecode } from '#client/bytecode/maturity-oracle.ts'
import { morphoPriceBytecode } from '#client/bytecode/morpho-price.ts'
import { reporterRegistryBytecode } from '#client/bytecode/reporter-registry.ts'
import { resultsByIdBytecode } from '#client/bytecode/results-by-id.ts'
import { securityLensBytecode } from '#client/bytecode/security-lens.ts'
import { splitVaultBytecode } from '#client/bytecode/split-vault.ts'
import { umaArbitratorBytecode } from '#client/bytecode/uma-arbitrator.ts'
import { connect } from '#client/chain.ts'
import { planDeployment } from '#client/deployment-plan.ts'
import { DEPLOY_OPTIONS, raiseStage } from '../client/chain-fixture.ts'
import { runCompiler } from '../prove/compiler.ts'

type Input = {
  readonly language: string
  readonly sources: Record<string, { readonly content: string }>
  readonly settings: { readonly outputSelection: object }
}
type Listed = { readonly name: string; readonly contract: string; readonly compiler: string; readonly licence: string }
type Built = { readonly evm: Readonly<Record<'bytecode' | 'deployedBytecode', { readonly object: string }>> }
type Solc = { readonly version: () => string }

let folder: string
let listed: Listed[]
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assize-verification-'))
  const { status, stderr } = spawnSync(process.execPath, ['tools/verification.mjs', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Expected the inputs to be written, got ${status}: ${stderr}`)
  listed = read('contracts.json') as Listed[]
})
afterAll(() => rmSync(folder, { recursive: true }))

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

const solc = (): Solc => createRequire(import.meta.url)('solc') as Solc

const sourceOf = (name: string): string => listed.find((one) => one.name === name)?.contract.split(':')[0] ?? ''

/** What the compiler makes of `input`, of these contracts. */
async function compiled(input: Input, names: readonly string[]): Promise<[name: string, Built][]> {
  const answer: unknown = JSON.parse(await runCompiler(['--standard-json'], JSON.stringify(input)))
  const { contracts } = answer as { readonly contracts?: Record<string, Record<string, Built>> }
  return names.map((name) => {
    const built = contracts?.[sourceOf(name)]?.[name]
    if (built === undefined) throw new Error(`Expected ${name}, got ${JSON.stringify(answer).slice(0, 500)}`)
    return [name, built]
  })
}

/** What the compiler makes of all inputs, those of the same settings in one go: one by one they take as many minutes. */
async function compiledTogether(): Promise<ReadonlyMap<string, Built>> {
  const parties = Map.groupBy(
    listed.map(({ name }) => ({ name, input: read(`${name}.json`) as Input })),
    ({ input }) => JSON.stringify(input.settings),
  )
  const made = await Promise.all(
    Array.from(parties.values(), (party) => {
      const names = party.map(({ name }) => name)
      const [first] = party
      const outputSelection = Object.fromEntries(
        names.map((name) => [sourceOf(name), { [name]: ['evm.bytecode.object'] }]),
      )
      const sources = Object.assign({}, ...party.map(({ input }) => input.sources)) as Input['sources'] // of the same files
      const settings = { ...first?.input.settings, outputSelection }
      return compiled({ language: first?.input.language ?? '', sources, settings }, names)
    }),
  )
  return new Map(made.flat())
}

/** The creation code that is deployed. */
const DEPLOYED: readonly (readonly [name: string, creationCode: Hex])[] = [
  ['ChainlinkFeed', chainlinkFeedBytecode],
  ['ConditionalTokensReporter', conditionalTokensReporterBytecode],
  ['CouncilArbitrator', councilArbitratorBytecode],
  ['Erc7726Quote', erc7726QuoteBytecode],
  ['JuryArbitrator', juryArbitratorBytecode],
  ['MaturityOracle', maturityOracleBytecode],
  ['MorphoPrice', morphoPriceBytecode],
  ['ReporterRegistry', reporterRegistryBytecode],
  ['ResultsById', resultsByIdBytecode],
  ['SecurityLens', securityLensBytecode],
  ['SplitVault', splitVaultBytecode],
  ['UmaArbitrator', umaArbitratorBytecode],
]

/** The creation code as forge built it. */
function artifactOf(name: string): Hex {
  const artifact: unknown = JSON.parse(readFileSync(join('contracts', 'out', `${name}.sol`, `${name}.json`), 'utf8'))
  return (artifact as { readonly bytecode: { readonly object: Hex } }).bytecode.object
}

describe('the inputs for explorers', () => {
  test('are there for every contract that a deployment or an integrator deploys', () => {
    const names = listed.map(({ name }) => name)
    const deployed = planDeployment(DEPLOY_OPTIONS).steps.map(({ contract }) => contract)
    expect(names).toEqual(expect.arrayContaining(deployed.filter((name) => name !== 'WETH9')))
    const adapters = readdirSync('contracts/src/consumers/adapters').filter((file) => file !== 'KnownFixings.sol')
    expect(names).toEqual(expect.arrayContaining(adapters.map((file) => file.replace('.sol', ''))))
    expect(names).toEqual(expect.arrayContaining(['JuryArbitrator', 'Erc792Arbitrator', 'UmaArbitrator']))
    expect(listed.find(({ name }) => name === 'SplitVault')).toEqual({
      name: 'SplitVault',
      contract: 'contracts/src/consumers/SplitVault.sol:SplitVault',
      compiler: `v${solc().version().replace('.Emscripten.clang', '')}`,
      licence: 'MIT',
      input: 'SplitVault.json',
    })
  })

  test('hold every source that they name, as it is here, and nothing of this machine', () => {
    for (const { name } of listed) {
      const { sources } = read(`${name}.json`) as Input
      for (const [path, { content }] of Object.entries(sources)) {
        expect(path).toMatch(/^(contracts\/src|node_modules\/(@openzeppelin\/contracts|solady\/src))\//)
        expect(content).toBe(readFileSync(path, 'utf8'))
      }
    }
  })

  // A minute of one core's time, whatever else it has to do.
  test('compile to the bytecode that is deployed', { timeout: 0 }, async () => {
    const built = await compiledTogether()
    // The adapter to other courts is deployed by whoever has one, as forge built it.
    const others = [['Erc792Arbitrator', artifactOf('Erc792Arbitrator')]] as const
    const wanted = new Map([...DEPLOYED, ...others])
    expect([...wanted.keys()].toSorted()).toEqual(listed.map(({ name }) => name).toSorted())
    const differing = [...wanted].filter(([name, code]) => `0x${built.get(name)?.evm.bytecode.object}` !== code)
    expect(differing.map(([name]) => name)).toEqual([])
  })

  test('of the lens, which holds nothing of its deployment, compile alone to the code on the chain', async () => {
    const { embedded, deployments } = await raiseStage()
    try {
      const { publicClient } = await connect({ rpcUrl: embedded.rpcUrl })
      const code = await publicClient.getCode({ address: deployments.lens })
      const [lens] = await compiled(read('SecurityLens.json') as Input, ['SecurityLens'])
      expect(`0x${lens?.[1].evm.deployedBytecode.object}`).toBe(code)
    } finally {
      await embedded.stop()
    }
  })
})
