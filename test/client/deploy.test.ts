import type { Address } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectThrough, latestBlock, type Provider, type WritableChain } from '#client/chain.ts'
import { carryOut, deployCall } from '#client/deploy.ts'
import { NoCodeError } from '#client/errors.ts'
import { deploy, WethRequiredError } from '#client/deploy-oracle.ts'
import { type Deployments, planDeployment } from '#client/deployment-plan.ts'
import { WaitingTransactionError } from '#client/errors.ts'
import { accountOf, DEPLOY_OPTIONS, raiseStage, type Stage } from './chain-fixture.ts'
import { impatiently } from './impatience.ts'

let stage: Stage
let deployer: WritableChain

beforeAll(async () => {
  stage = await raiseStage()
  deployer = await stage.as('deployer')
})
afterAll(() => stage.embedded.stop())

test('deploys everything where the plan says, whoever deploys', async () => {
  const { steps, deployments } = planDeployment(DEPLOY_OPTIONS)
  expect(stage.deployments).toEqual(deployments)
  expect(steps.map(({ name }) => name)).toEqual([
    'WETH9',
    'MaturityOracle',
    'CouncilArbitrator',
    'CouncilArbitrator (backup)',
    'ReporterRegistry',
    'SplitVault',
    'SecurityLens',
  ])
  for (const { address } of steps) expect(await deployer.publicClient.getCode({ address })).toMatch(/^0x[0-9a-f]{100}/)
})

test('leaves alone what is there already', async () => {
  const before = await latestBlock(deployer)
  expect(await deploy(await stage.as('somebody'), DEPLOY_OPTIONS)).toEqual(stage.deployments)
  // The newcomer wrapped once and approved three times; the deployment itself sent nothing.
  expect((await latestBlock(deployer)).number).toBe(before.number + 4n)
})

test('sends nothing again while it is on its way, and nothing once it is there', async () => {
  const again = { ...DEPLOY_OPTIONS, council: { ...DEPLOY_OPTIONS.council, costOfCorruption: 7n } }
  const step = planDeployment(again).steps.find(({ name }) => name === 'CouncilArbitrator')
  if (step === undefined) throw new Error('Expected a council in the plan.')
  const { account, publicClient, walletClient } = deployer
  const nonce = await publicClient.getTransactionCount({ address: account.address })
  await stage.embedded.setMining('manual')
  const { to, data } = deployCall(step)
  await walletClient.sendTransaction({ to, data, nonce })
  const error: unknown = await impatiently(() => carryOut(deployer, step).catch((caught: unknown) => caught))
  await stage.embedded.setMining('instant')
  expect(error).toBeInstanceOf(WaitingTransactionError)
  expect(error).toMatchObject({ account: account.address, count: 1 })
  await stage.embedded.mineAt((await latestBlock(deployer)).time + 1n)
  expect(await carryOut(deployer, step)).toBe(step.address)
  expect(await publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' })).toBe(nonce + 1)
})

test('an endpoint that has the code later than the receipt has it', async () => {
  const again = { ...DEPLOY_OPTIONS, council: { ...DEPLOY_OPTIONS.council, costOfCorruption: 8n } }
  const step = planDeployment(again).steps.find(({ name }) => name === 'CouncilArbitrator')
  if (step === undefined) throw new Error('Expected a council in the plan.')
  let lag = 0
  const provider: Provider = {
    async request(call) {
      const answer = await deployer.publicClient.request(call as Parameters<typeof deployer.publicClient.request>[0]) // as a viem client is one
      if (call.method === 'eth_sendRawTransaction') lag = 2
      if (call.method !== 'eth_getCode' || lag === 0) return answer
      lag -= 1
      return '0x'
    },
  }
  const chain = await connectThrough({ provider, account: deployer.account, pollingMs: 10 })
  expect(await carryOut(chain, step)).toBe(step.address)
  expect(lag).toBe(0)
})

test('gives other addresses to other terms', () => {
  const others = planDeployment({ ...DEPLOY_OPTIONS, council: { ...DEPLOY_OPTIONS.council, costOfCorruption: 7n } })
  const { council, registry, ...rest } = stage.deployments
  expect(others.deployments).toMatchObject(rest)
  expect(others.deployments.council).not.toBe(council)
  // Whose rulings slash is one of its terms.
  expect(others.deployments.registry).not.toBe(registry)
})

test('gives the same addresses only where WETH has the same', () => {
  const at = (weth: Address): Deployments => planDeployment({ ...DEPLOY_OPTIONS, weth }).deployments
  const here = at('0x00000000000000000000000000000000000000aa')
  const there = at('0x00000000000000000000000000000000000000bb')
  const same = Object.keys(here).filter((role) => here[role as keyof Deployments] === there[role as keyof Deployments]) // its keys
  expect(same).toEqual(['lens'])
  expect(at(here.weth)).toEqual(here)
})

test('refuses to deploy without WETH on a chain that is not embedded', async () => {
  const error: unknown = await deploy({ ...deployer, chainId: 1 }, DEPLOY_OPTIONS).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(WethRequiredError)
  expect(error).toMatchObject({
    chainId: 1,
    message: 'Expected the address of WETH on chain 1, got none.',
    hint: 'Name it as weth: in the options, or in the file of terms.',
  })
})

test('refuses a WETH without code', async () => {
  const weth = accountOf('nobody').address
  const deploying = (): Promise<unknown> => deploy(deployer, { ...DEPLOY_OPTIONS, weth })
  const error: unknown = await impatiently(() => deploying().catch((caught: unknown) => caught))
  expect(error).toBeInstanceOf(NoCodeError)
  expect(error).toMatchObject({ address: weth, message: `Expected WETH at ${weth}, got an address without code.` })
})
