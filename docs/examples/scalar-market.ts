// A scalar market at Gnosis's conditional tokens, settled by a fixing.
//
//   node scalar-market.ts open 0x12ab… 2000 4000 10      opens it over 2000 .. 4000, unless it is, and splits 10 ETH into SHORT and LONG,
//                                                        before the maturity and up to what is secured
//   node scalar-market.ts settle 0x12ab… 2000 4000       waits for the settlement, reports it, and redeems what the key holds
//
// RPC_URL, ORACLE, REPORTER (a ConditionalTokensReporter of that oracle), KEY; FROM_BLOCK, CONFIRMATIONS, POLL_MS.
// LONG is paid by how far up the value lies, SHORT the rest, at and beyond the ends one of them all; INVALID pays each half.

import { setTimeout } from 'node:timers/promises'
import { type Address, encodeFunctionData, formatEther, type Hex, parseAbi, parseEther } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { connect, latestBlock } from 'assize/client/chain'
import { readCreated } from 'assize/client/fixing-log'
import { isAboveSecured, readSecurity } from 'assize/client/security'
import { send } from 'assize/client/send'
import { readSettlement } from 'assize/client/settlement'
import { ensureCollateral, wethBalance } from 'assize/client/weth'
import { conditionalTokensReporterAbi } from 'assize/protocol/abi/conditional-tokens-reporter'
import { maturityOracleAbi } from 'assize/protocol/abi/maturity-oracle'
import { formatValue, parseValue } from 'assize/protocol/decimal'
import type { Fixing } from 'assize/protocol/fixing'

const { RPC_URL = '', ORACLE, REPORTER, KEY, FROM_BLOCK = '0', CONFIRMATIONS = '12', POLL_MS = '12000' } = process.env
const oracle = ORACLE as Address
const reporter = REPORTER as Address
const chain = await connect({ rpcUrl: RPC_URL, account: privateKeyToAccount(KEY as Hex) })
const holder = chain.account.address

const [action, id, lowText = '', highText = '', amountText = '0'] = process.argv.slice(2)
const fixing = await announced(id)
const [low, high] = [parseValue(lowText), parseValue(highText)]

/** Gnosis's contract, as it is published. */
const positionsAbi = parseAbi([
  'function getConditionId(address oracle, bytes32 questionId, uint256 slots) view returns (bytes32)',
  'function getCollectionId(bytes32 parent, bytes32 conditionId, uint256 indexSet) view returns (bytes32)',
  'function getPositionId(address collateral, bytes32 collectionId) view returns (uint256)',
  'function getOutcomeSlotCount(bytes32 conditionId) view returns (uint256)',
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function splitPosition(address collateral, bytes32 parent, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function redeemPositions(address collateral, bytes32 parent, bytes32 conditionId, uint256[] indexSets)',
])
const SIDES = { SHORT: 1n, LONG: 2n } as const
const NO_PARENT: Hex = `0x${'00'.repeat(32)}`

const { publicClient } = chain
const ofReporter = { address: reporter, abi: conditionalTokensReporterAbi } as const
const positions = await publicClient.readContract({ ...ofReporter, functionName: 'CONDITIONAL_TOKENS' })
const ofPositions = { address: positions, abi: positionsAbi } as const
const weth = await publicClient.readContract({ address: oracle, abi: maturityOracleAbi, functionName: 'BOND_TOKEN' })
// Anyone can deploy a reporter of another oracle.
const served = await publicClient.readContract({ ...ofReporter, functionName: 'ORACLE' })
if (served.toLowerCase() !== oracle.toLowerCase())
  throw new Error(`Expected a reporter of ${oracle}, got one of ${served}.`)
const question = await publicClient.readContract({
  ...ofReporter,
  functionName: 'questionId',
  args: [id as Hex, low, high],
})
const condition = await publicClient.readContract({
  ...ofPositions,
  functionName: 'getConditionId',
  args: [reporter, question, 2n],
})

if (action === 'open') await open(parseEther(amountText))
else if (action === 'settle') await settle()
else throw new Error(`Expected open or settle, got ${action}.`)

async function open(amount: bigint): Promise<void> {
  await requireAhead()
  await requireSecured(amount)
  await prepare()
  await ensureCollateral(chain, weth, positions, amount)
  const args = [weth, NO_PARENT, condition, Object.values(SIDES), amount] as const
  const split = encodeFunctionData({ ...ofPositions, functionName: 'splitPosition', args })
  await send(chain, { name: 'splitPosition', to: positions, data: split })
  for (const [name, set] of Object.entries(SIDES)) console.log(`${name} ${await positionOf(set)}`)
}

/** Gnosis's contract splits after the maturity too, when somebody may know the value. */
async function requireAhead(): Promise<void> {
  const { time } = await latestBlock(chain)
  if (time < fixing.maturity) return
  throw new Error(`Expected a fixing before its maturity, got one that matured at ${fixing.maturity}.`)
}

/**
 * Gnosis's contract takes any amount, and the oracle sees none of it. WETH is what is secured is counted in: of another token, compare what
 * it may be worth in WETH at most. What others split on the same fixing comes beside: a market of many keeps count of all of it.
 */
async function requireSecured(amount: bigint): Promise<void> {
  const security = await readSecurity(chain, oracle, fixing)
  const { securedUpTo, openInterest } = security
  const isRead = typeof openInterest === 'bigint'
  if (isRead && !isAboveSecured({ ...security, openInterest: openInterest + amount })) return
  const most = securedUpTo === undefined ? 'what is secured, which the endpoint cannot say' : formatEther(securedUpTo)
  const beside = isRead ? formatEther(openInterest) : 'what is not known'
  throw new Error(`Expected at most ${most} ETH to depend on the fixing, got ${formatEther(amount)} beside ${beside}.`)
}

/** By whoever comes first, as anyone can: it is the same for all, and Gnosis's contract refuses a second time. */
async function prepare(): Promise<void> {
  const of = { ...ofPositions, functionName: 'getOutcomeSlotCount', args: [condition] } as const
  if ((await publicClient.readContract(of)) > 0n) return
  const data = encodeFunctionData({ ...ofReporter, functionName: 'prepare', args: [fixing, low, high] })
  await send(chain, { name: 'prepare', to: reporter, data })
}

async function settle(): Promise<void> {
  const value = await settled()
  console.log(value === undefined ? 'INVALID: each side is paid half' : formatValue(value))
  await report()
  const before = await wethBalance(chain, weth, holder)
  const args = [weth, NO_PARENT, condition, Object.values(SIDES)] as const
  const redeem = encodeFunctionData({ ...ofPositions, functionName: 'redeemPositions', args })
  await send(chain, { name: 'redeemPositions', to: positions, data: redeem })
  console.log(`paid ${(await wethBalance(chain, weth, holder)) - before} wei`)
}

/** Waits for the settlement, days if need be; undefined for INVALID. */
async function settled(): Promise<bigint | undefined> {
  for (;;) {
    try {
      const reading = await readSettlement(chain, oracle, fixing, { confirmations: BigInt(CONFIRMATIONS) })
      if (reading.kind === 'settled') return reading.value
      if (reading.kind === 'invalid') return undefined
    } catch (error) {
      // An endpoint is away now and then, and blocks are replaced: nothing is lost by asking again.
      console.error(error instanceof Error ? error.message : error)
    }
    await setTimeout(Number(POLL_MS))
  }
}

/** By whoever comes first: anyone can, and it is the same for all. */
async function report(): Promise<void> {
  const of = { ...ofPositions, functionName: 'payoutDenominator', args: [condition] } as const
  if ((await publicClient.readContract(of)) > 0n) return
  const data = encodeFunctionData({ ...ofReporter, functionName: 'report', args: [fixing, low, high] })
  await send(chain, { name: 'report', to: reporter, data })
}

async function positionOf(set: bigint): Promise<bigint> {
  const of = { ...ofPositions, functionName: 'getCollectionId', args: [NO_PARENT, condition, set] } as const
  const collection = await publicClient.readContract(of)
  return publicClient.readContract({ ...ofPositions, functionName: 'getPositionId', args: [weth, collection] })
}

/** The fixing as it was announced: its id alone says nothing of its terms. */
async function announced(wanted: string | undefined): Promise<Fixing> {
  const all = await readCreated(chain, oracle, BigInt(FROM_BLOCK))
  const found = all.find((one) => one.id === wanted)
  if (found === undefined) throw new Error(`Expected fixing ${wanted} in the log of ${oracle}, got none.`)
  return found.fixing
}
