import type { Address, Hex } from 'viem'
import type { Wanted } from '#client/fixing-log.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Attestation } from '#client/attestation.ts'
import type { CosignedReport } from '#client/cosigned-report.ts'
import type { Call } from '#client/send.ts'
import type { Reception } from '#client/reception.ts'
import type { Outlook } from '#client/transaction.ts'
import type { BlsKey } from '#protocol/bls.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Slot } from '../store/slot.ts'
import type { CourtPort, CourtReads } from './court-port.ts'

/** A block: what tells it from another of the same number is its hash. */
export type Head = { readonly number: bigint; readonly time: bigint; readonly hash?: Hex | undefined }

/** A reporter of the registry at some time. */
export type Reporter = {
  readonly index: number
  /** Whom its rewards are paid to. */
  readonly owner: Address
  readonly signer: Address
  readonly peerId: Hex
  readonly key: BlsKey
}

/** Who reports for one maturity. */
export type Panel = {
  /** The registry's epoch that contains the maturity. */
  readonly epoch: bigint
  /** In index order. */
  readonly reporters: readonly Reporter[]
}

/** What the oracle logged, as far as a node looks. Amounts are bond-token wei. */
export type OracleEvent = { readonly block: bigint; readonly id: Hex } & (
  | { readonly name: 'created'; readonly fixing: Fixing }
  | { readonly name: 'proposed'; readonly from: Address; readonly value: bigint; readonly bond: bigint }
  | {
      readonly name: 'contributed'
      readonly from: Address
      readonly kind: 'stake' | 'appeal'
      readonly round: number
      readonly value: bigint
      readonly taken: bigint
      readonly filled: bigint
    }
  | { readonly name: 'led'; readonly round: number; readonly value: bigint }
  | { readonly name: 'arbitrated'; readonly cause: 'appeal' | 'request' }
  | { readonly name: 'ruled'; readonly value: bigint }
  | {
      readonly name: 'claimed'
      readonly holder: Address
      readonly kind: 'stake' | 'appeal' | 'request' | 'fund'
      readonly round: number
      readonly value: bigint
    }
)

/** What came of a transaction: what it took or paid, or why the chain refused it. */
export type Ended =
  { readonly kind: 'done'; readonly moved: bigint } | { readonly kind: 'refused'; readonly reason: string }

/** What came of sending: it ended, or it was signed and is on its way. */
export type Sent = Ended | { readonly kind: 'sent' }

/** What a transaction is sent under. */
export type Terms = {
  /** Writes down what was signed; it leaves only when this resolves. */
  readonly record: (slot: Slot) => Promise<void>
  /** The nonces that may still turn out to be used by transactions of ours. */
  readonly nonces: () => ReadonlySet<number>
  /** Why nothing of its kind is to leave now; asked right before it would. Undefined: it may. */
  readonly veto: () => string | undefined
  /** Why it is not to be signed as the account stands; undefined: it may be. */
  readonly standing: (outlook: Outlook) => Promise<string | undefined>
  /** The most that its gas may cost, wei; undefined: what the operator's limits allow. A dearer one is refused. */
  readonly maxGasCost?: bigint | undefined
  /** The nonce to use, which something else may have been signed with; undefined: the next that is free. */
  readonly nonce?: number | undefined
}

/** What a transaction that was signed is looked after under. */
export type PursuitTerms = Pick<Terms, 'record' | 'veto'> & {
  readonly outlook: Outlook
  /** The next deadline that it, or another that waits for it, has to meet, Unix seconds. */
  readonly urgentTime: bigint | undefined
  /** Whether no other of ours has to be mined before it: only then can it be told whether it would still succeed. */
  readonly isNext: boolean
}

/** What became of a transaction that was signed; `block` is where it was mined. */
export type Fate =
  | { readonly kind: 'pending' }
  | { readonly kind: 'done'; readonly moved: bigint; readonly block: bigint; readonly hash: Hex }
  | {
      readonly kind: 'refused'
      readonly reason: string
      readonly block?: bigint | undefined
      readonly hash?: Hex | undefined
    }

/** Why a transaction failed that may succeed at another time. */
export type PassingRefusal =
  | 'Client.DearGasError'
  | 'Client.PoorAccountError'
  /** It was mined, and failed. */
  | 'reverted on chain'
  /** It was not wanted any more, and something else was mined in its place. */
  | 'cancelled'
  /** Somebody else uses the key. */
  | 'another transaction took its nonce'
  /** The operator has stopped all new stake. */
  | 'halted by the operator'
  /** They may stake the same. */
  | 'transactions are in flight that this store does not know'

/** What there is to gain from proposing and attesting a fixing, and what gas costs. Wei. */
export type Incentives = {
  /** What the first proposal shares in. */
  readonly rewardPot: bigint
  /** What attesters share. */
  readonly attestersReward: bigint
  readonly isRosterPublished: boolean
  /** Per gas. */
  readonly gasFee: bigint
}

/** Stake towards a value, as the oracle takes it. */
export type Stake = {
  readonly kind: 'stake' | 'appeal'
  readonly round: number
  readonly value: bigint
  /** At most; bond-token wei. */
  readonly amount: bigint
}

/** Who takes bond token from the account. */
export type Spender = 'oracle' | 'registry'

/** What there is to stake with, and what may be taken of it, bond-token wei. */
export type Holdings = { readonly held: bigint; readonly allowance: bigint }

/** What a node reads of the chain. Every method throws DeadRpcError while no endpoint answers. */
export interface ChainReads {
  readonly chainId: number
  head(): Promise<Head>
  /** The block of this number. */
  block(number: bigint): Promise<Head>
  /** The newest block that will not be undone, as the endpoint says; undefined if it cannot tell. */
  finalized(): Promise<Head | undefined>
  /** Everything the oracle logged in the blocks `from` to `to`, both included; of what is not `wanted` perhaps nothing. */
  events(from: bigint, to: bigint, wanted?: Wanted): Promise<readonly OracleEvent[]>
  /** The fixing at a block; at the one that is in its place if it is not there any more. */
  snapshot(fixing: Fixing, block: Head): Promise<FixingSnapshot>
  /** The reporters at `time`; final only once `time` is past. None before the registry was there. */
  panel(time: bigint): Promise<Panel>
  /** What a proposal would cost now; undefined while the open interest cannot be read. */
  bond(fixing: Fixing): Promise<bigint | undefined>
  /**
   * What the account can stake: bond token, and own currency beyond the gas of a stake and its claim, and `keptGas` of what it must
   * send besides, at twice the base fee. Where there is not enough own currency for the latter, nothing: a stake costs gas, too. Undefined as in
   * {@link ChainReads.holdings}.
   */
  spendable(keptGas?: bigint, since?: bigint): Promise<bigint | undefined>
  /**
   * The bond token that the account holds, and how much of it `spender` may take, wei; undefined where that cannot be told as of the block
   * `since` or a later one: what answers may be several nodes, of which one is behind another.
   */
  holdings(spender: Spender, since?: bigint): Promise<Holdings | undefined>
  incentives(fixing: Fixing): Promise<Incentives>
  /** What attesters of the fixing share, wei. */
  attestersReward(fixing: Fixing): Promise<bigint>
  /** What attests the fixing, as logged since its maturity; undefined for nothing. Throws AttestationUnseenError. */
  attestation(fixing: Fixing): Promise<Attestation | undefined>
  /** What claiming the shares of the reporters at `places` would pay by now, wei; undefined if the registry refuses it. */
  unpaid(fixing: Fixing, attestation: Attestation, places: readonly number[]): Promise<bigint | undefined>
}

/** What a node sends to the chain. Every method throws DeadRpcError while no endpoint answers. */
export interface ChainWrites {
  propose(fixing: Fixing, value: bigint, maxBond: bigint, terms: Terms): Promise<Sent>
  /** Proposes the report's value through the registry, which verifies who co-signed it. */
  proposeAttested(fixing: Fixing, cosigned: CosignedReport, maxBond: bigint, terms: Terms): Promise<Sent>
  /** Writes the roster of a maturity, which attestations need. */
  publishRoster(maturity: bigint, terms: Terms): Promise<Sent>
  stake(fixing: Fixing, stake: Stake, terms: Terms): Promise<Sent>
  claim(fixing: Fixing, receipt: Omit<Stake, 'amount'>, terms: Terms): Promise<Sent>
  /** Records who stands behind a report, without proposing it. */
  attest(fixing: Fixing, cosigned: CosignedReport, terms: Terms): Promise<Sent>
  /** Pays the owners of the reporters at `places`, of which there is one at least, their shares of the reward. */
  claimRewards(fixing: Fixing, attestation: Attestation, places: readonly number[], terms: Terms): Promise<Sent>
  /** Turns `amount` wei of own currency into bond token. */
  wrap(amount: bigint, terms: Terms): Promise<Sent>
  /** Lets `spender` take `amount` wei of bond token, and no more. */
  approve(spender: Spender, amount: bigint, terms: Terms): Promise<Sent>
  /** Uses the next nonce, or that of the terms, up by a transfer to itself. */
  fillNonce(terms: Terms): Promise<Sent>
  outlook(): Promise<Outlook>
  /**
   * Finds out what became of a transaction that was signed, perhaps before a crash. What was not mined is broadcast again,
   * replaced by a version that offers more, or cancelled if it would fail by now or must not be sent.
   */
  pursue(slot: Slot, terms: PursuitTerms): Promise<Fate>
}

/** Everything a node wants of the chain. */
export interface ChainPort extends ChainReads, ChainWrites {
  /** Undefined: the node only watches. */
  readonly account: Address | undefined
  /** The jury at an address. */
  court(jury: Address): CourtPort
}

/** Whether a call would succeed at the newest block, and the gas it takes. */
export type Tried =
  | { readonly kind: 'runs'; readonly estimate: bigint; readonly limit: bigint }
  | { readonly kind: 'refused'; readonly reason: string }

/** What became of a nonce: one of the transactions asked about was mined, another was, or none. */
export type NonceFate =
  | {
      readonly kind: 'mined'
      readonly hash: Hex
      readonly block: bigint
      readonly isSuccess: boolean
      /** What it took or paid of the bond token, wei. */
      readonly moved: bigint
    }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'open' }

/** What sending takes of an endpoint. Every method throws DeadRpcError while it does not answer. */
export interface Wire {
  outlook(): Promise<Outlook>
  tryOut(call: Call): Promise<Tried>
  broadcast(raw: Hex): Promise<Reception>
  nonceFate(signed: { readonly nonce: number; readonly hashes: readonly Hex[] }): Promise<NonceFate>
}

/** One endpoint: what is read through it, and what sending takes of it. */
export interface EndpointPort extends ChainReads, Wire {
  readonly bondToken: Address
  court(jury: Address): CourtReads
}
