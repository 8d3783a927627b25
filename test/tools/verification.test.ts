import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hex, keccak256 } from 'viem'
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
type Built = {
  readonly evm: { readonly deployedBytecode: { readonly object: string } }
  readonly metadata: string
}
type Artifact = { readonly bytecode: { readonly object: Hex }; readonly rawMetadata: string }
type Solc = { readonly version: () => string; readonly compile: (input: string) => string }

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

/** What the compiler answered of a contract. */
function answerOf(name: string, answer: string): Built {
  const { contracts } = JSON.parse(answer) as { readonly contracts?: Record<string, Record<string, Built>> }
  const built = contracts?.[sourceOf(name)]?.[name]
  if (built === undefined) throw new Error(`Expected ${name}, got ${answer.slice(0, 500)}`)
  return built
}

/** What the compiler makes of an input. */
async function compiled(name: string): Promise<Built> {
  return answerOf(name, await runCompiler(['--standard-json'], JSON.stringify(read(`${name}.json`))))
}

/**
 * What the compiler says that it compiles, given an input: its own version, every setting that matters, the hash of every source that
 * the contract reaches, and its interface. It need not generate code for that, which takes minutes.
 */
function metadataOf(name: string): unknown {
  const input = read(`${name}.json`) as Input
  const outputSelection = { [sourceOf(name)]: { [name]: ['metadata'] } }
  const settings = { ...input.settings, outputSelection }
  return JSON.parse(answerOf(name, solc().compile(JSON.stringify({ ...input, settings }))).metadata)
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

/** What forge built, with what the compiler said then that it compiled. */
function artifactOf(name: string): Artifact {
  return JSON.parse(readFileSync(join('contracts', 'out', `${name}.sol`, `${name}.json`), 'utf8')) as Artifact
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

  test('are of the bytecode that is deployed as forge built it', () => {
    // The adapter to other courts is deployed by whoever has one, as forge built it.
    expect([...DEPLOYED.map(([name]) => name), 'Erc792Arbitrator'].toSorted()).toEqual(
      listed.map(({ name }) => name).toSorted(),
    )
    for (const [name, creationCode] of DEPLOYED) {
      expect(keccak256(artifactOf(name).bytecode.object), name).toBe(keccak256(creationCode))
    }
  })

  // The same compiler makes the same bytecode of the same; `npm run verification -- FOLDER --compile` sees to it for all.
  test.each([...DEPLOYED.map(([name]) => name), 'Erc792Arbitrator'])(
    'are for the compiler what it was given for the bytecode: %s alone',
    (name) => {
      expect(metadataOf(name)).toEqual(JSON.parse(artifactOf(name).rawMetadata))
    },
  )

  test('of the lens, which holds nothing of its deployment, compile alone to the code on the chain', async () => {
    const { embedded, deployments } = await raiseStage()
    try {
      const { publicClient } = await connect({ rpcUrl: embedded.rpcUrl })
      const code = await publicClient.getCode({ address: deployments.lens })
      const { evm } = await compiled('SecurityLens')
      expect(`0x${evm.deployedBytecode.object}`).toBe(code)
    } finally {
      await embedded.stop()
    }
  })
})
