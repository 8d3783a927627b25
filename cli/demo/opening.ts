import { type Chain, connect } from '#client/chain.ts'
import { deploy } from '#client/deploy-oracle.ts'
import type { CouncilTerms } from '#client/deployment-plan.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { formatTime } from '../format.ts'
import { type Ledger, readLedger } from './audit-funds.ts'
import type { Cleanup } from './cleanup.ts'
import { Conductor } from './conductor.ts'
import type { DemoOptions } from './demo-options.ts'
import { openExchange } from './exchange.ts'
import { makeFolder } from './folder.ts'
import type { Market } from './market.ts'
import type { Narrator } from './narrator.ts'
import { castPeople, everybody, type People, type Person } from './people.ts'
import { joinNetwork, prepareReporters } from './recruiting.ts'
import { openSeries } from './series-opening.ts'
import * as terms from './terms.ts'
import { Wallets, type World } from './world.ts'

/** How long before the maturity the chain begins, seconds. */
const LEAD = 3_600n

/** What the opening needs. */
export type OpeningInputs = {
  readonly options: DemoOptions
  readonly market: Market
  readonly tell: Narrator
  readonly cleanup: Cleanup
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Sets the stage: chain, contracts, venues, people, fixing, series, and every reporter registered and connected. */
export async function openWorld(inputs: OpeningInputs): Promise<World> {
  const { options, tell, cleanup, signal, market } = inputs
  const ground = await raiseChain(inputs)
  const { people, wallets, conductor } = ground
  const deployments = await deploy(await wallets.of(people.deployer), {
    council: councilOf(people.council),
    backupCouncil: councilOf(people.backupCouncil),
    registry: terms.REGISTRY,
  })
  for (const [name, address] of Object.entries(deployments)) tell.say(`${name.padEnd(14)} ${address}`)

  const folder = await makeFolder(options.keep, cleanup)
  const exchange = await openExchange({ ...inputs, folder, now: () => conductor.now() })
  const opened = { ...ground, deployments, tell, signal, options, ...exchange }

  tell.part('Reporters')
  const reporters = await prepareReporters(opened, folder, cleanup)
  const starting = reporters.start(reporters.all, signal)
  starting.catch(() => undefined) // awaited below; an earlier failure must not leave it unhandled
  const series = await openSeries(opened)
  await starting
  const world = { ...opened, ...series, market, reporters }
  await joinNetwork(world)
  return world
}

/** The embedded chain with everybody's money on it. */
type Ground = {
  readonly embedded: EmbeddedChain
  readonly chain: Chain
  readonly conductor: Conductor
  readonly wallets: Wallets
  readonly people: People
  readonly before: Ledger
}

async function raiseChain({ options, tell, cleanup, env, signal }: OpeningInputs): Promise<Ground> {
  tell.part('Chain')
  const embedded = await startEmbeddedChain({ startTime: options.maturity - LEAD, port: options.port, env, signal })
  cleanup.defer(() => embedded.stop())
  const chain = await connect({ rpcUrl: embedded.rpcUrl })
  const conductor = new Conductor(embedded, chain)
  tell.say(`anvil at ${embedded.rpcUrl}, pid ${embedded.pid}; its clock says ${formatTime(await conductor.now())}`)
  const people = castPeople(options.seed, options.reporters, {
    node: terms.budgetOf(options.isHonest).funds,
    owner: terms.REGISTRY.minStake + terms.OWNER_GAS,
  })
  const everyone = everybody(people)
  await Promise.all(everyone.map(({ account, funds }) => embedded.setBalance(account.address, funds)))
  const before = await readLedger(
    chain.publicClient,
    everyone.map(({ account }) => account.address),
  )
  return { embedded, chain, conductor, wallets: new Wallets(embedded.rpcUrl), people, before }
}

function councilOf(members: readonly Person[]): CouncilTerms {
  const signers = members.map(({ name, account }) => ({ name, account: account.address }))
  return { signers, threshold: terms.COUNCIL_THRESHOLD, costOfCorruption: terms.COUNCIL_COST }
}
