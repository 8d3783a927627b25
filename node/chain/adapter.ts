import { type Address, type Hex, type TransactionReceipt, zeroAddress } from 'viem'
import { readFate } from '#client/account.ts'
import { readBondToken, readPurse } from '#client/bond-token.ts'
import { firstBlockAfter } from '#client/block-at.ts'
import {
  blockAt,
  type BlockHead,
  type Chain,
  connect,
  DeadRpcError,
  finalizedBlock,
  hostOf,
  latestBlock,
} from '#client/chain.ts'
import { requireCode } from '#client/code-at.ts'
import { OracleRevertError, PoorAccountError, SilentRevertError } from '#client/errors.ts'
import { eventsOf, oracleEvents } from '#client/fixing-log.ts'
import { atOneBlock, whileItStays } from '#client/one-block.ts'
import { type FixingSnapshot, readBond, readFixing, readPot } from '#client/oracle-reader.ts'
import { AttestationUnseenError, readStandingAttestation } from '#client/attestation.ts'
import { isRosterPublished, readEpoch, readReporters } from '#client/roster.ts'
import { readGasFee, TYPICAL_GAS } from '#client/rehearsal.ts'
import { readReward, readUnpaid } from '#client/rewards.ts'
import type { Call } from '#client/send.ts'
import { broadcast, gasLimitOf, readOutlook, tryOut } from '#client/transaction.ts'
import { wethAllowance, wethBalance } from '#client/weth.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { REPORTER_GAS } from '#protocol/reporter-gas.ts'
import { courtOf } from './court.ts'
import { translate } from './events.ts'
import { rememberFirstBlocks } from './first-blocks.ts'
import type { EndpointPort, Head, Tried } from './port.ts'

/** Which contracts, through which endpoint, for whom. */
export type AdapterOptions = {
  readonly rpcUrl: string
  readonly oracle: Address
  readonly registry: Address
  /** The chain id the endpoint must have; undefined: any. */
  readonly chainId: number | undefined
  /** Whose transactions and tokens are looked at; undefined: the node only watches. */
  readonly account: Address | undefined
}

/** The gas limits of all that a stake takes: wrapping, an allowance, the dearest way to stake, and the claim. */
const RESERVED_GAS = [
  TYPICAL_GAS.deposit,
  TYPICAL_GAS.approve,
  REPORTER_GAS.proposeAttested,
  REPORTER_GAS.claimContribution,
].reduce((sum, gas) => sum + gasLimitOf(gas), 0n)

/** Connects to the chain. Throws DeadRpcError, NoCodeError, {@link WrongChainError}. */
export async function openChain(options: AdapterOptions): Promise<EndpointPort> {
  const { oracle, registry, account } = options
  const name = hostOf(options.rpcUrl)
  const chain = await connect({ rpcUrl: options.rpcUrl, name })
  if (options.chainId !== undefined && chain.chainId !== options.chainId) {
    throw new WrongChainError(name, chain.chainId, options.chainId)
  }
  await requireCode(chain, 'the oracle', oracle)
  await requireCode(chain, 'the reporter registry', registry)
  const bondToken = await readBondToken(chain, oracle)
  const firstBlocks = rememberFirstBlocks(
    (time, head) => firstBlockAfter(chain, time, head),
    (number) => blockAt(chain, number),
  )
  const idOf = (fixing: Fixing): Hex => fixingId(fixing, { chainId: chain.chainId, oracle })
  return {
    chainId: chain.chainId,
    bondToken,
    head: () => latestBlock(chain),
    block: (number) => blockAt(chain, number),
    finalized: () => unlessSilent(finalizedBlock(chain)),
    events: async (fromBlock, toBlock, wanted) =>
      translate(await oracleEvents(chain, oracle, { fromBlock, toBlock, wanted })),
    snapshot: (fixing, block) => snapshotAt(chain, oracle, fixing, block),
    async panel(time) {
      const epoch = await unlessRefused(readEpoch(chain, registry, time))
      return epoch === undefined
        ? { epoch: 0n, reporters: [] }
        : { epoch, reporters: await readReporters(chain, registry, time) }
    },
    bond: (fixing) => unlessRefused(readBond(chain, oracle, fixing)),
    async spendable(keptGas = 0n, since = 0n) {
      if (account === undefined) return 0n
      const { baseFee, tip } = await readOutlook(chain, account)
      // As much per gas as a transaction offers.
      const reserve = (RESERVED_GAS + keptGas) * (2n * baseFee + tip)
      return atOneBlock(chain, undefined, async (block) => {
        if (block.number < since) return undefined
        const { eth, held } = await readPurse(chain, bondToken, account, oracle, block)
        if (keptGas > 0n && eth < reserve) return 0n
        return held + (eth > reserve ? eth - reserve : 0n)
      })
    },
    attestersReward: (fixing) => readReward(chain, registry, idOf(fixing)),
    async incentives(fixing) {
      const [pot, attestersReward, isPublished, { likely }] = await Promise.all([
        readPot(chain, oracle, fixing, { kind: 'fund', round: 0, value: 0n }),
        readReward(chain, registry, idOf(fixing)),
        unlessRefused(isRosterPublished(chain, registry, fixing.maturity)),
        readGasFee(chain),
      ])
      return { rewardPot: pot.filled, attestersReward, isRosterPublished: isPublished === true, gasFee: likely }
    },
    async attestation(fixing) {
      const one = { id: idOf(fixing), maturity: fixing.maturity }
      try {
        return await readStandingAttestation(chain, registry, one, await latestBlock(chain), firstBlocks.find)
      } catch (error) {
        if (error instanceof AttestationUnseenError) firstBlocks.doubt(fixing.maturity)
        throw error
      }
    },
    unpaid: (fixing, attestation, places) =>
      unlessRefused(readUnpaid(chain, registry, fixing, { ...attestation, places })),
    async holdings(spender, since = 0n) {
      if (account === undefined) return { held: 0n, allowance: 0n }
      const by = spender === 'oracle' ? oracle : registry
      return atOneBlock(chain, undefined, async (block) => {
        if (block.number < since) return undefined
        const [held, allowance] = await Promise.all([
          wethBalance(chain, bondToken, account, block),
          wethAllowance(chain, bondToken, account, by, block),
        ])
        return { held, allowance }
      })
    },
    court: (jury) => courtOf(chain, { jury, oracle }, account),
    outlook: () => readOutlook(chain, account ?? zeroAddress),
    tryOut: (call) => tried(chain, account ?? zeroAddress, call),
    broadcast: (raw) => broadcast(chain, raw),
    async nonceFate(signed) {
      const fate = await readFate(chain, account ?? zeroAddress, signed)
      if (fate.kind !== 'mined') return fate
      const { transactionHash: hash, blockNumber: block, status, logs } = fate.receipt
      return { kind: 'mined', hash, block, isSuccess: status === 'success', moved: movedIn(oracle, logs) }
    },
  }
}

/** At the very block, which the caller has read already; at the one of its number if the endpoint does not have it, or not any more. */
function snapshotAt(chain: Chain, oracle: Address, fixing: Fixing, block: Head): Promise<FixingSnapshot> {
  const { number, time, hash } = block
  let known: BlockHead | undefined = hash === undefined ? undefined : { number, time, hash }
  const find = async (): Promise<BlockHead> => {
    const found = known ?? (await blockAt(chain, number))
    known = undefined
    return found
  }
  return whileItStays(chain, find, (found) => readFixing(chain, oracle, fixing, found))
}

/** What the chain would refuse is an outcome: others act too, and a fixing moves on between reading and writing. */
async function tried(chain: Chain, account: Address, call: Call): Promise<Tried> {
  try {
    return { kind: 'runs', ...(await tryOut(chain, account, call)) }
  } catch (error) {
    if (error instanceof OracleRevertError) return { kind: 'refused', reason: error.errorName }
    if (error instanceof SilentRevertError || error instanceof PoorAccountError) {
      return { kind: 'refused', reason: error.name }
    }
    throw error
  }
}

async function unlessRefused<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof OracleRevertError || error instanceof SilentRevertError) return undefined
    throw error
  }
}

/** Undefined where nothing came: an endpoint that answers all else may do so for this. */
async function unlessSilent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof DeadRpcError) return undefined
    throw error
  }
}

/** What a transaction of ours took or paid. */
function movedIn(oracle: Address, logs: TransactionReceipt['logs']): bigint {
  for (const event of eventsOf(oracle, logs)) {
    if (event.eventName === 'Proposed') return event.args.bond
    if (event.eventName === 'Contributed') return event.args.taken
    if (event.eventName === 'Claimed') return event.args.paid
  }
  return 0n
}

/** The endpoint serves another chain than the configuration names. */
export class WrongChainError extends Error {
  override readonly name = 'Chain.WrongChainError'
  readonly got: number
  readonly want: number
  constructor(host: string, got: number, want: number) {
    super(`Expected chain ${want} at ${host}, got chain ${got}. Correct rpc_url or chain_id.`)
    this.got = got
    this.want = want
  }
}
