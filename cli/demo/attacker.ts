import { receiptOf } from '#client/inclusion.ts'
import { contribute, proposeCall } from '#client/oracle-writer.ts'
import { readPot } from '#client/oracle-reader.ts'
import { ensureCollateral } from '#client/weth.ts'
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
 * Proposes a false value in the very block of the maturity, ahead of every node, as whoever orders transactions can.
 * Returns the value, or `undefined` if there was no index to lie about.
 */
export async function proposeLie(world: World): Promise<bigint | undefined> {
  const { conductor, fixing, document, signal, tell, people, embedded, deployments, bond } = world
  await conductor.jumpTo(fixing.maturity - LAST_LOOK)
  const interval = BigInt(document.sampling.intervalSeconds)
  const reading = await readIndex(document, fixing.maturity - interval, await conductor.now(), signal)
  if (reading.kind === 'abstain') {
    tell.at(await conductor.now(), 'mallory sees no index to lie about and does nothing')
    await conductor.jumpTo(fixing.maturity)
    return undefined
  }
  const value = lieAbout(reading.value)
  const wallet = await world.wallets.of(people.attacker)
  await ensureCollateral(wallet, deployments.weth, deployments.oracle, 4n * bond, { signal })
  tell.at(
    await conductor.now(),
    `mallory reads ${formatIndexValue(reading.value)} and signs a proposal of ${formatIndexValue(value)}`,
  )
  await embedded.setMining('manual')
  try {
    const call = proposeCall(deployments.oracle, fixing, { value, maxBond: bond })
    const hash = await wallet.walletClient.sendTransaction({ to: call.to, data: call.data, gas: PROPOSAL_GAS })
    await embedded.mineAt(fixing.maturity)
    await receiptOf(wallet, call, { hash })
  } finally {
    await embedded.setMining('instant')
  }
  return value
}

/** The false value, scaled by 1e18, for the value `seen`. */
export function lieAbout(seen: bigint): bigint {
  const lie = (seen * terms.LIE_PERCENT) / 100n
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
