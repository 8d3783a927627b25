// A hedge: hold dollars, in ether, through two fixings, with P bought once and rolled once.
//
//   node hedge.ts buy 0x12ab… 10 2500             buys 10 P of that fixing while the index is at 2500
//   node hedge.ts roll 0x12ab… 0x34cd…            redeems them at its settlement and buys P of the next with all that they paid
//   node hedge.ts close 0x34cd…                   redeems them
//
// RPC_URL, ORACLE, VAULT, STRIKE, KEY; FROM_BLOCK, CONFIRMATIONS. DEALER_KEY is whoever splits and keeps N.
// A P pays min(1, S/x) ETH: S dollars, wherever the index is above S. Below it P is 1 ETH, and no hedge any more: choose S well
// below the index. Nobody is ever liquidated, and the settlement may come days after the maturity.

import { type Address, formatEther, type Hex, parseEther } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { connect } from 'assize/client/chain'
import { readCreated } from 'assize/client/fixing-log'
import { readSettlement } from 'assize/client/settlement'
import {
  legId,
  readLegs,
  readMostCollateral,
  redeemToEther,
  type Series,
  seriesId,
  splitEther,
  transferLeg,
} from 'assize/client/vault'
import { formatValue, parseValue } from 'assize/protocol/decimal'
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
else if (action === 'roll') await roll(await seriesOf(first), await seriesOf(second))
else if (action === 'close') await close(await seriesOf(first))
else throw new Error(`Expected buy, roll or close, got ${action}.`)

/** Buys `units` of P, wei, for what they would pay at `index`. A market would add what the time until the maturity is worth. */
async function buy(series: Series, units: bigint, index: bigint): Promise<void> {
  const dealer = await connect({ rpcUrl: RPC_URL, account: privateKeyToAccount(DEALER_KEY as Hex) })
  const most = await readMostCollateral(dealer, vault, series.fixing)
  if (units > most) throw new Error(`Expected at most ${formatEther(most)} ETH, which the arbitrators secure.`)
  const cost = payoff({ collateral: units, ...series, settlement: index }).p
  const leg = legId(seriesId(series, { chainId: hedger.chainId, vault }), 'P')
  // One after the other, as people who trust each other do; strangers trade P, an ERC-6909 token, at a market.
  await pay(dealer.account.address, cost)
  await splitEther(dealer, vault, series, units)
  await transferLeg(dealer, vault, leg, hedger.account.address, units)
  console.log(`bought ${formatEther(units)} P for ${formatEther(cost)} ETH`)
}

/** As much P of the next fixing as the last one paid for, at the value that it settled at. */
async function roll(from: Series, to: Series): Promise<void> {
  const { paid, value } = await close(from)
  if (value === undefined) throw new Error('Expected a value to roll at, got INVALID. Buy anew at a market.')
  const each = payoff({ collateral: parseEther('1'), ...to, settlement: value }).p
  await buy(to, (paid * parseEther('1')) / each, value)
}

/** Redeems the P of a series, and says what they paid and, unless INVALID, at what value. */
async function close(series: Series): Promise<{ readonly paid: bigint; readonly value: bigint | undefined }> {
  const reading = await readSettlement(hedger, oracle, series.fixing, { confirmations: BigInt(CONFIRMATIONS) })
  if (reading.kind === 'unsettled') throw new Error(`Expected a settlement, got a fixing that is ${reading.phase}.`)
  const id = seriesId(series, { chainId: hedger.chainId, vault })
  const { p } = await readLegs(hedger, vault, id, hedger.account.address)
  const paid = await redeemToEther(hedger, vault, series, { p, n: 0n })
  const value = reading.kind === 'settled' ? reading.value : undefined
  const worth = value === undefined ? '' : `, ${formatValue((paid * value) / parseEther('1'))} in the index's currency`
  console.log(`redeemed ${formatEther(p)} P for ${formatEther(paid)} ETH${worth}`)
  return { paid, value }
}

async function pay(to: Address, wei: bigint): Promise<void> {
  const hash = await hedger.walletClient.sendTransaction({ to, value: wei })
  await hedger.publicClient.waitForTransactionReceipt({ hash })
}

/** The series of the vault on a fixing that was announced. */
async function seriesOf(wanted: string | undefined): Promise<Series> {
  const all = await readCreated(hedger, oracle, BigInt(FROM_BLOCK))
  const found = all.find((one) => one.id === wanted)
  if (found === undefined) throw new Error(`Expected fixing ${wanted} in the log of ${oracle}, got none.`)
  return { fixing: found.fixing, strike, invalidSharePpm: INVALID_SHARE_PPM }
}
