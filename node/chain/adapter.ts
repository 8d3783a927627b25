import type { Address, Hex, LocalAccount, TransactionReceipt } from 'viem'
import { readBalance, readBondToken, readFate } from '#client/account.ts'
import { blockAt, type Chain, connect, finalizedBlock, latestBlock, type WritableChain } from '#client/chain.ts'
import { requireCode } from '#client/deploy.ts'
import { explained, OracleRevertError, PoorAccountError, SilentRevertError } from '#client/errors.ts'
import { eventsOf, oracleEvents } from '#client/fixing-log.ts'
import { readBond, readFixing, readPot } from '#client/oracle-reader.ts'
import { appeal, claim, contribute, propose } from '#client/oracle-writer.ts'
import {
  attest,
  isRosterPublished,
  proposeAttested,
  publishRoster,
  readAttestation,
  readEpoch,
  readReporters,
} from '#client/registry.ts'
import { claimReward, claimRewards, readReward, readRewardsPaid } from '#client/rewards.ts'
import { readGasFee } from '#client/rehearsal.ts'
import { DearGasError, RevertedError } from '#client/send.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { translate } from './events.ts'
import type { ChainPort, Fate, Sent } from './port.ts'

/** Which contracts, through which endpoint, as whom. */
export type AdapterOptions = {
  readonly rpcUrl: string
  readonly oracle: Address
  readonly registry: Address
  /** The chain id the endpoint must have; undefined: any. */
  readonly chainId: number | undefined
  /** Undefined: nothing can be sent. */
  readonly signingAccount: LocalAccount | undefined
  readonly pollMs: number
}

/** Own currency that is never wrapped into stake, so that gas can be paid, wei. */
const GAS_RESERVE = 10n ** 16n

/** Connects to the chain. Throws DeadRpcError, NoCodeError, {@link WrongChainError}. */
export async function openChain(options: AdapterOptions): Promise<ChainPort> {
  const { oracle, registry, rpcUrl } = options
  const { chain, writable } = await connectAs(options)
  if (options.chainId !== undefined && chain.chainId !== options.chainId) {
    throw new WrongChainError(options.rpcUrl, chain.chainId, options.chainId)
  }
  await requireCode(chain, 'the oracle', oracle)
  await requireCode(chain, 'the reporter registry', registry)
  const weth = await readBondToken(chain, oracle)
  const account = writable?.account.address
  const signing = (): WritableChain => {
    if (writable === undefined) throw new NoAccountError()
    return writable
  }
  const collateral = (amount: bigint, spender = oracle): Promise<void> =>
    ensureCollateral(signing(), weth, spender, amount)
  const idOf = (fixing: Fixing): Hex => fixingId(fixing, { chainId: chain.chainId, oracle })
  return {
    chainId: chain.chainId,
    account,
    head: () => explained(rpcUrl, 'eth_getBlockByNumber', () => latestBlock(chain)),
    block: (number) => explained(rpcUrl, 'eth_getBlockByNumber', () => blockAt(chain, number)),
    finalized: () => finalizedBlock(chain),
    events: async (fromBlock, toBlock) => translate(await oracleEvents(chain, oracle, { fromBlock, toBlock })),
    snapshot: (fixing, atBlock) => readFixing(chain, oracle, fixing, atBlock),
    async panel(time) {
      const epoch = await unlessRefused(readEpoch(chain, registry, time))
      return epoch === undefined
        ? { epoch: 0n, reporters: [] }
        : { epoch, reporters: await readReporters(chain, registry, time) }
    },
    bond: (fixing) => unlessRefused(readBond(chain, oracle, fixing)),
    async spendable() {
      if (account === undefined) return 0n
      const [token, own] = await Promise.all([wethBalance(chain, weth, account), readBalance(chain, account)])
      return token + (own > GAS_RESERVE ? own - GAS_RESERVE : 0n)
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
    propose: (fixing, value, maxBond, terms) =>
      sent(async () => {
        await collateral(maxBond)
        return movedIn(oracle, await propose(signing(), oracle, fixing, { value, maxBond }, terms))
      }),
    proposeAttested: (fixing, cosigned, maxBond, terms) =>
      sent(async () => {
        await collateral(maxBond, registry)
        return movedIn(oracle, await proposeAttested(signing(), registry, fixing, cosigned, maxBond, terms))
      }),
    publishRoster: (maturity, terms) =>
      sent(async () => movedIn(oracle, await publishRoster(signing(), registry, maturity, terms))),
    attestation: (fixing, fromBlock) => readAttestation(chain, registry, idOf(fixing), fromBlock),
    attest: (fixing, cosigned, terms) =>
      sent(async () => movedIn(oracle, await attest(signing(), registry, fixing, cosigned, terms))),
    rewardsPaid: async (fixing, fromBlock) =>
      new Set((await readRewardsPaid(chain, registry, idOf(fixing), fromBlock)).keys()),
    claimRewards: (fixing, { value, signers }, places, terms) =>
      sent(async () => {
        const [place, ...others] = places
        // Alone it reverts if it was paid already: nothing is sent for nothing.
        return place !== undefined && others.length === 0
          ? claimReward(signing(), registry, fixing, { value, signers, place }, terms)
          : claimRewards(signing(), registry, fixing, { value, signers, places }, terms)
      }),
    stake: (fixing, { kind, round, value, amount }, beforeSend) =>
      sent(async () => {
        await collateral(amount)
        const write = kind === 'stake' ? contribute : appeal
        return (await write(signing(), oracle, fixing, { round, value, amount }, { beforeSend })).taken
      }),
    claim: (fixing, receipt, beforeSend) =>
      sent(async () => (await claim(signing(), oracle, fixing, receipt, { beforeSend })).paid),
    fate: async (signed) => (account === undefined ? { kind: 'dropped' } : fateOf(chain, oracle, account, signed)),
  }
}

async function connectAs(options: AdapterOptions): Promise<{ chain: Chain; writable: WritableChain | undefined }> {
  const { rpcUrl, signingAccount } = options
  const pollingMs = Math.min(options.pollMs, 1_000)
  if (signingAccount === undefined) return { chain: await connect({ rpcUrl, pollingMs }), writable: undefined }
  const writable = await connect({ rpcUrl, pollingMs, account: signingAccount })
  return { chain: writable, writable }
}

/** What the chain refuses is an outcome: others act too, and a fixing moves on between reading and writing. */
async function sent(run: () => Promise<bigint>): Promise<Sent> {
  try {
    return { kind: 'done', moved: await run() }
  } catch (error) {
    if (error instanceof OracleRevertError) return { kind: 'refused', reason: error.errorName }
    const isRefusal = [SilentRevertError, RevertedError, DearGasError, PoorAccountError].some(
      (refusal) => error instanceof refusal,
    )
    if (isRefusal && error instanceof Error) return { kind: 'refused', reason: error.name }
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

async function fateOf(
  chain: Chain,
  oracle: Address,
  account: Address,
  signed: { readonly hash: Hex; readonly nonce: number },
): Promise<Fate> {
  const fate = await readFate(chain, account, signed)
  if (fate.kind === 'pending') return fate
  if (fate.kind === 'unknown') return { kind: 'dropped' }
  if (fate.kind === 'superseded') return { kind: 'refused', reason: 'another transaction took its nonce' }
  if (fate.receipt.status === 'reverted') return { kind: 'refused', reason: 'reverted on chain' }
  return { kind: 'done', moved: movedIn(oracle, fate.receipt) }
}

/** What a transaction of ours took or paid. */
function movedIn(oracle: Address, receipt: TransactionReceipt): bigint {
  for (const event of eventsOf(oracle, receipt.logs)) {
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
  constructor(rpcUrl: string, got: number, want: number) {
    super(`Expected chain ${want} at ${rpcUrl}, got chain ${got}. Correct rpc_url or chain_id.`)
    this.got = got
    this.want = want
  }
}

/** A node without a key was asked to send something. */
export class NoAccountError extends Error {
  override readonly name = 'Chain.NoAccountError'
  constructor() {
    super('Expected a keystore, got none: this node only watches. Set keystore and password_file.')
  }
}
