import { withdrawFees } from '#client/council.ts'
import { OracleRevertError } from '#client/errors.ts'
import { claim, collect } from '#client/oracle-writer.ts'
import { readLegs, redeem } from '#client/vault.ts'
import { formatEth } from '../format.ts'
import type { Chronicle } from './chronicle.ts'
import type { Ruling } from './council-session.ts'
import { everybody, type Person } from './people.ts'
import { type Receipt, unclaimedReceipts } from './receipts.ts'
import { shareReward } from './rewards.ts'
import type { World } from './world.ts'

const CLAIM_TIMEOUT_MS = 180_000
const STEP_SECONDS = 30

/** What a holder got for its legs, wei. */
export type Redemption = { readonly who: string; readonly p: bigint; readonly n: bigint; readonly paid: bigint }

/** What the end of the demo left. */
export type Closing = {
  readonly redemptions: readonly Redemption[]
  readonly unclaimed: readonly Receipt[]
  /** What each attester's owner was paid, wei, by its place in the roster. */
  readonly rewards: ReadonlyMap<number, bigint>
}

/** Everyone claims: nodes by themselves, people by hand; the sink burns; the council takes its fee; P and N are redeemed. */
export async function settleAccounts(world: World, chronicle: Chronicle, ruling: Ruling | undefined): Promise<Closing> {
  const { tell } = world
  tell.part('Claims')
  await claimByHand(world, chronicle)
  await untilNodesClaimed(world, chronicle)
  const rewards = await shareReward(world, chronicle.attestation)
  await collectOnce(world)
  await chronicle.catchUp()
  for (const { name } of ruling?.signatures ?? []) {
    const member = world.people.council.find((person) => person.name === name)
    if (member !== undefined) await withdrawFees(await world.wallets.of(member), world.deployments.council)
  }
  tell.part('Redemption')
  const redemptions: Redemption[] = []
  for (const person of everybody(world.people)) {
    const redemption = await redeemAll(world, person)
    if (redemption !== undefined) redemptions.push(redemption)
  }
  return { redemptions, unclaimed: unclaimedReceipts(chronicle.events), rewards }
}

/** People who are no nodes claim what they hold: the attacker its losing stake, Bob what the reward did not use. */
async function claimByHand(world: World, chronicle: Chronicle): Promise<void> {
  const { wallets, deployments, fixing, people, signal } = world
  await chronicle.catchUp()
  for (const person of [people.attacker, people.bob]) {
    const held = unclaimedReceipts(chronicle.events).filter(({ holder }) => holder === person.account.address)
    for (const receipt of held) await claim(await wallets.of(person), deployments.oracle, fixing, receipt, { signal })
  }
}

/** Nodes claim by themselves; the dead are started again for it. What stays unclaimed is no failure: it is listed. */
async function untilNodesClaimed(world: World, chronicle: Chronicle): Promise<void> {
  const { conductor, reporters, signal, tell } = world
  const look = async (): Promise<true | undefined> => {
    await chronicle.catchUp()
    const holders = unclaimedReceipts(chronicle.events).map(({ holder }) => holder)
    if (holders.length === 0) return true
    const isOwed = reporters.all.some(({ isAlive, person }) => !isAlive && holders.includes(person.account.address))
    if (!isOwed) return undefined
    const revived = await reporters.revive(signal)
    const names = revived.map(({ person, pid }) => `${person.name} (pid ${pid})`).join(', ')
    tell.at(await conductor.now(), `Started again, to claim: ${names}`)
    return undefined
  }
  const soFar = (): string => `${unclaimedReceipts(chronicle.events).length} receipts unclaimed`
  const waiting = { look, soFar, timeoutMs: CLAIM_TIMEOUT_MS, stepSeconds: STEP_SECONDS, signal }
  await conductor.untilOrTell({ what: 'every node to claim', ...waiting }, tell)
}

/** A keeper among the nodes may have been first. */
async function collectOnce({ wallets, people, deployments, fixing }: World): Promise<void> {
  try {
    await collect(await wallets.of(people.bob), deployments.oracle, fixing)
  } catch (error) {
    if (!(error instanceof OracleRevertError) || error.errorName !== 'AlreadyCollected') throw error
  }
}

async function redeemAll(world: World, person: Person): Promise<Redemption | undefined> {
  const { chain, wallets, deployments, series, seriesId, tell, conductor } = world
  const legs = await readLegs(chain, deployments.vault, seriesId, person.account.address)
  if (legs.p === 0n && legs.n === 0n) return undefined
  const paid = await redeem(await wallets.of(person), deployments.vault, series, legs)
  tell.at(
    await conductor.now(),
    `${person.name} redeems ${formatEth(legs.p)} P and ${formatEth(legs.n)} N for ${formatEth(paid)} ETH`,
  )
  return { who: person.name, ...legs, paid }
}
