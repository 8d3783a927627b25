// A hedge: hold dollars, in ether, through two fixings, with P bought once and rolled once.
//
//   node hedge.ts buy 0x12ab… 10 2500             buys 10 P of that fixing while the index is at 2500
//   node hedge.ts roll 0x12ab… 0x34cd… 2400       changes them for as much worth of P of the next while the index is at 2400
//   node hedge.ts close 0x34cd…                   redeems them
//
// RPC_URL, ORACLE, VAULT, STRIKE, KEY; FROM_BLOCK, CONFIRMATIONS. DEALER_KEY is whoever splits and keeps N.
// A P pays min(1, S/x) ETH: S dollars, wherever the index is above S. Below it P is 1 ETH, and no hedge any more: choose S well
// below the index. Nobody is ever liquidated, and the settlement may come days after the maturity.
//
// Roll before the maturity. From then on a P is so much ether, fixed at the index of the maturity, whatever ether is worth: whoever
// rolls after the settlement has held ether for as long as that took.

import { type Address, formatEther, type Hex, parseEther } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { connect, latestBlock, type WritableChain } from 'assize/client/chain'
import { readCreated } from 'assize/client/fixing-log'
import { send } from 'assize/client/send'
import { readSettlement } from 'assize/client/settlement'
import {
  approveLegCall,
  legId,
  readCapacity,
  readLegs,
  redeemToEther,
  type Series,
  seriesId,
  splitEther,
  togetherCall,
  transferLeg,
  transferLegCall,
  transferLegFromCall,
} from 'assize/client/vault'
import { formatValue, parseValue } from 'assize/protocol/decimal'
import { INVALID } from 'assize/protocol/fixing'
import { payoff } from 'assize/protocol/payoff'

const {
  RPC_URL = '',
  ORACLE,
  VAULT,
  STRIKE = '1750',
  KEY,
  DEALER_KEY,
  FROM_BLOCK = '0',
  CONFIRMATIONS = '12',
} = process.env
const oracle = ORACLE as Address
const vault = VAULT as Address
const strike = parseValue(STRIKE)
/** What P gets if there is no value: agreed on beforehand, since it can happen. */
const INVALID_SHARE_PPM = 700_000

const hedger = await connect({ rpcUrl: RPC_URL, account: privateKeyToAccount(KEY as Hex) })
const [action, first, second, third] = process.argv.slice(2)

if (action === 'buy') await buy(await seriesOf(first), parseEther(second ?? '0'), parseValue(third ?? ''))
else if (action === 'roll') await roll(await seriesOf(first), await seriesOf(second), parseValue(third ?? ''))
else if (action === 'close') await close(await seriesOf(first))
else throw new Error(`Expected buy, roll or close, got ${action}.`)

/**
 * Buys `units` of P, wei, for what they would pay if the index stayed at `index`: the most that they can be worth. min(1, S/x) is
 * concave in 1/x, so that every move of the index costs P and pays N: the time until the maturity is worth something to N. A market
 * takes that off P's price; here the dealer keeps it.
 */
async function buy(series: Series, units: bigint, index: bigint): Promise<void> {
  await requireAhead(series)
  const dealer = await dealerWith(series, units)
  const cost = payoff({ collateral: units, ...series, settlement: index }).p
  // Only now: what cannot be split is not paid for. The dealer owes the P from here on, as among people who trust each other; strangers
  // trade P, an ERC-6909 token, at a market.
  await send(hedger, { name: 'pay the dealer', to: dealer.account.address, data: '0x', value: cost })
  try {
    await transferLeg(dealer, vault, legOf(series), hedger.account.address, units)
  } catch (cause) {
    const owed = `${formatEther(units)} P of leg ${legOf(series)} from the dealer, who is paid`
    throw new Error(`Expected ${owed}, got none yet. Have them sent; do not buy again.`, { cause })
  }
  console.log(`bought ${formatEther(units)} P for ${formatEther(cost)} ETH`)
}

/**
 * Changes the P of one series for P of the next that are worth as much at `index`, in one transaction: whatever fails before leaves both
 * sides what they had, and repeating this goes on from there. The dealer lets the hedger take the new P first, and trusts that the old ones
 * come with that: strangers want a contract between them.
 */
async function roll(from: Series, to: Series, index: bigint): Promise<void> {
  await requireAhead(to)
  const p = await heldBy(hedger, from)
  if (p === 0n) throw new Error(`Expected P to roll, got none; of the next there are ${await heldBy(hedger, to)} wei.`)
  const worth = payoff({ collateral: p, ...from, settlement: await valueOf(from, index) }).p
  const each = payoff({ collateral: parseEther('1'), ...to, settlement: index }).p
  const units = (worth * parseEther('1')) / each
  const dealer = await dealerWith(to, units)
  const [trader, mine] = [dealer.account.address, hedger.account.address]
  await send(dealer, approveLegCall(vault, legOf(to), mine, units))
  const give = transferLegCall(vault, legOf(from), trader, p)
  const take = transferLegFromCall(vault, legOf(to), trader, mine, units)
  await send(hedger, togetherCall(vault, [give, take]))
  const dollars = formatValue((worth * index) / parseEther('1'))
  console.log(`rolled ${formatEther(p)} P into ${formatEther(units)} P, ${dollars} in the index's currency`)
}

/** What P are counted at: the index before the maturity, the settlement afterwards. In between nobody knows what they will pay. */
async function valueOf(series: Series, index: bigint): Promise<bigint> {
  if ((await latestBlock(hedger)).time < series.fixing.maturity) return index
  const reading = await readSettlement(hedger, oracle, series.fixing, { confirmations: BigInt(CONFIRMATIONS) })
  if (reading.kind === 'unsettled') {
    throw new Error(`Expected a fixing before its maturity or settled, got one that is ${reading.phase}. Wait for it.`)
  }
  return reading.kind === 'settled' ? reading.value : INVALID
}

/** Throws for a series whose maturity has passed: what its P pay is fixed, or nobody knows it yet, and the index of today says neither. */
async function requireAhead({ fixing: { maturity } }: Series): Promise<void> {
  const { time } = await latestBlock(hedger)
  if (time >= maturity) throw new Error(`Expected a fixing before its maturity, got one that matured at ${maturity}.`)
}

/** The dealer, with at least `units` of P of the series, wei: splits what is missing, or throws if there is no room for it. */
async function dealerWith(series: Series, units: bigint): Promise<WritableChain> {
  const dealer = await connect({ rpcUrl: RPC_URL, account: privateKeyToAccount(DEALER_KEY as Hex) })
  const missing = units - (await heldBy(dealer, series))
  if (missing <= 0n) return dealer
  const { room } = await readCapacity(dealer, vault, series.fixing)
  if (missing > room) {
    const secured = `${formatEther(room)} ETH, what is left of what the arbitrators secure`
    throw new Error(`Expected to split at most ${secured}, got ${formatEther(missing)}.`)
  }
  await splitEther(dealer, vault, series, missing)
  return dealer
}

/** Redeems the P of a series, and says what they paid and, unless INVALID, how much that was at the maturity. */
async function close(series: Series): Promise<void> {
  const reading = await readSettlement(hedger, oracle, series.fixing, { confirmations: BigInt(CONFIRMATIONS) })
  if (reading.kind === 'unsettled') throw new Error(`Expected a settlement, got a fixing that is ${reading.phase}.`)
  const p = await heldBy(hedger, series)
  const paid = await redeemToEther(hedger, vault, series, { p, n: 0n })
  const value = reading.kind === 'settled' ? reading.value : undefined
  const worth = value === undefined ? '' : `, ${formatValue((paid * value) / parseEther('1'))} in the index's currency`
  console.log(`redeemed ${formatEther(p)} P for ${formatEther(paid)} ETH${worth}`)
}

/** The series of the vault on a fixing that was announced. */
async function seriesOf(wanted: string | undefined): Promise<Series> {
  const all = await readCreated(hedger, oracle, BigInt(FROM_BLOCK))
  const found = all.find((one) => one.id === wanted)
  if (found === undefined) throw new Error(`Expected fixing ${wanted} in the log of ${oracle}, got none.`)
  return { fixing: found.fixing, strike, invalidSharePpm: INVALID_SHARE_PPM }
}

function legOf(series: Series): bigint {
  return legId(seriesId(series, { chainId: hedger.chainId, vault }), 'P')
}

/** The P of the series that somebody holds, wei. */
async function heldBy(chain: WritableChain, series: Series): Promise<bigint> {
  return (await readLegs(chain, vault, seriesId(series, { chainId: chain.chainId, vault }), chain.account.address)).p
}
