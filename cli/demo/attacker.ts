import { receiptOf } from '#client/inclusion.ts'
import { contribute, proposeCall } from '#client/oracle-writer.ts'
import { readPot } from '#client/oracle-reader.ts'
import { ensureCollateral } from '#client/weth.ts'
import type { Aggregate } from '#protocol/aggregate.ts'
import { INVALID } from '#protocol/fixing.ts'
import { formatIndexValue } from '../format.ts'
import { readIndex } from './index-reading.ts'
import * as terms from './terms.ts'
import type { World } from './world.ts'

/** Gas for a proposal that cannot be estimated, because it is signed before it is allowed; a proposal uses a fifth. */
const PROPOSAL_GAS = 500_000n
/** The lie keeps two decimals, as a venue would print it. */
const CENT = 10n ** 16n
/** A small index keeps this many digits instead: rounding must not bring the lie back to the truth. */
const DIGITS = 6
/** Just before the maturity, seconds: every candle but the last has closed. */
const LAST_LOOK = 5n

/**
 * Proposes a false value in the very block of the maturity, ahead of every node, as whoever orders transactions can; after
 * it where there was nothing to see before. Returns the value, or `undefined` if there was no index to lie about, or a reporter came first.
 */
export async function proposeLie(world: World): Promise<bigint | undefined> {
  const { conductor, fixing, tell, people, embedded, deployments, bond } = world
  const wallet = await world.wallets.of(people.attacker)
  // Before the maturity: after it every node may come first.
  await ensureCollateral(wallet, deployments.weth, deployments.oracle, 4n * bond, { signal: world.signal })
  const reading = await lookAtIndex(world)
  if (reading.kind === 'abstain') {
    tell.at(await conductor.now(), 'mallory sees no index to lie about and does nothing')
    return undefined
  }
  const value = lieAbout(reading.value)
  tell.at(
    await conductor.now(),
    `mallory reads ${formatIndexValue(reading.value)} and signs a proposal of ${formatIndexValue(value)}`,
  )
  await embedded.setMining('manual')
  try {
    const call = proposeCall(deployments.oracle, fixing, { value, maxBond: bond })
    const hash = await wallet.walletClient.sendTransaction({ to: call.to, data: call.data, gas: PROPOSAL_GAS })
    const next = (await conductor.now()) + 1n
    await embedded.mineAt(next > fixing.maturity ? next : fixing.maturity)
    const { status } = await receiptOf(wallet, call, { hash })
    if (status === 'success') return value
  } finally {
    await embedded.setMining('instant')
  }
  tell.at(await conductor.now(), 'a reporter was faster: her proposal is refused')
  return undefined
}

/**
 * The index as it stands just before the maturity. A history may hold the maturity's own window and nothing before it: then
 * the clock goes on to the maturity, and that window is read.
 */
export async function lookAtIndex({
  conductor,
  fixing,
  document,
  signal,
}: Pick<World, 'conductor' | 'fixing' | 'document' | 'signal'>): Promise<Aggregate> {
  const interval = BigInt(document.sampling.intervalSeconds)
  await conductor.jumpTo(fixing.maturity - LAST_LOOK)
  const before = fixing.maturity - (interval > LAST_LOOK ? interval : LAST_LOOK)
  const early = await readIndex(document, before, await conductor.now(), signal)
  if (early.kind === 'value') return early
  await conductor.jumpTo(fixing.maturity)
  return readIndex(document, fixing.maturity, await conductor.now(), signal)
}

/** The false value, scaled by 1e18, for the value `seen`: the greatest there is, where a fifth more is none. */
export function lieAbout(seen: bigint): bigint {
  const lie = (seen * terms.LIE_PERCENT) / 100n
  if (lie >= INVALID) return INVALID - 1n
  const digit = 10n ** BigInt(Math.max(0, lie.toString().length - DIGITS))
  return lie - (lie % (digit < CENT ? digit : CENT))
}

/** Fills the pot that puts the lie back into the lead. */
export async function escalate(world: World, lie: bigint, round: number): Promise<void> {
  const { wallets, people, chain, deployments, fixing, signal } = world
  const { need, filled } = await readPot(chain, deployments.oracle, fixing, { kind: 'stake', round, value: lie })
  const wallet = await wallets.of(people.attacker)
  await ensureCollateral(wallet, deployments.weth, deployments.oracle, need - filled, { signal })
  await contribute(wallet, deployments.oracle, fixing, { round, value: lie, amount: need - filled }, { signal })
}
