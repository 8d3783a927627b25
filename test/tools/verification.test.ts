import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conditionalTokensReporterBytecode } from '#client/bytecode/conditional-tokens-reporter.ts'
import { councilArbitratorBytecode } from '#client/bytecode/council-arbitrator.ts'
import { securityLensBytecode } from '#client/bytecode/security-lens.ts'
import { connect } from '#client/chain.ts'
import { planDeployment } from '#client/deployment-plan.ts'
import { DEPLOY_OPTIONS, raiseStage } from '../client/chain-fixture.ts'

type Input = { readonly sources: Record<string, { readonly content: string }>; readonly settings: object }
type Listed = { readonly name: string; readonly contract: string; readonly compiler: string; readonly licence: string }
type Built = { readonly evm: Readonly<Record<'bytecode' | 'deployedBytecode', { readonly object: string }>> }
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

/** What the compiler makes of the input alone, as an explorer's would. */
function compiled(name: string): Built {
  const source = listed.find((one) => one.name === name)?.contract.split(':')[0] ?? ''
  const answer: unknown = JSON.parse(solc().compile(JSON.stringify(read(`${name}.json`))))
  const built = (answer as { contracts: Record<string, Record<string, Built>> }).contracts[source]?.[name]
  if (built === undefined) throw new Error(`Expected ${name} of ${source}, got ${JSON.stringify(answer).slice(0, 500)}`)
  return built
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

  // The others take minutes: npm run verification -- FOLDER --compile.
  test.each<[name: string, creationCode: Hex]>([
    ['SecurityLens', securityLensBytecode],
    ['ConditionalTokensReporter', conditionalTokensReporterBytecode],
    ['CouncilArbitrator', councilArbitratorBytecode],
  ])('of %s compile to the bytecode that is deployed', (name, creationCode) => {
    expect(`0x${compiled(name).evm.bytecode.object}`).toBe(creationCode)
  })

  test('of the lens, which holds nothing of its deployment, compile to the code on the chain', async () => {
    const { embedded, deployments } = await raiseStage()
    try {
      const { publicClient } = await connect({ rpcUrl: embedded.rpcUrl })
      const code = await publicClient.getCode({ address: deployments.lens })
      expect(`0x${compiled('SecurityLens').evm.deployedBytecode.object}`).toBe(code)
    } finally {
      await embedded.stop()
    }
  })
})
