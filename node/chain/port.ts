import type { Address, Hex } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Attestation, CosignedReport } from '#client/registry.ts'
import type { BlsKey } from '#protocol/bls.ts'
import type { Fixing } from '#protocol/fixing.ts'

/** The newest block. */
export type Head = { readonly number: bigint; readonly time: bigint }

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
  | {
      readonly name: 'claimed'
      readonly holder: Address
      readonly kind: 'stake' | 'appeal' | 'request' | 'fund'
      readonly round: number
      readonly value: bigint
    }
)

/** Told the transaction's hash and nonce before it leaves; it leaves only when this resolves. */
export type BeforeSend = (signed: { readonly hash: Hex; readonly nonce: number }) => Promise<void>

/** What came of a transaction: what it took or paid, or why the chain refused it. */
export type Sent =
  { readonly kind: 'done'; readonly moved: bigint } | { readonly kind: 'refused'; readonly reason: string }

/** What a transaction is sent under. */
export type Terms = {
  readonly beforeSend: BeforeSend
  /** The most that its gas may cost, wei; undefined: anything. A dearer one is refused. */
  readonly maxGasCost?: bigint
}

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

/** What became of a transaction that was signed earlier; 'dropped' = never sent, and its nonce is free. */
export type Fate = Sent | { readonly kind: 'pending' } | { readonly kind: 'dropped' }

/** Stake towards a value, as the oracle takes it. */
export type Stake = {
  readonly kind: 'stake' | 'appeal'
  readonly round: number
  readonly value: bigint
  /** At most; bond-token wei. */
  readonly amount: bigint
}

/** Everything a node wants of the chain. Every method throws DeadRpcError while no endpoint answers. */
export interface ChainPort {
  readonly chainId: number
  /** Undefined: the node only watches. */
  readonly account: Address | undefined
  head(): Promise<Head>
  /** The block of this number. */
  block(number: bigint): Promise<Head>
  /** The newest block that will not be undone, as the endpoint says; undefined if it cannot tell. */
  finalized(): Promise<Head | undefined>
  /** Everything the oracle logged in the blocks `from` to `to`, both included. */
  events(from: bigint, to: bigint): Promise<readonly OracleEvent[]>
  /** The fixing at one block. */
  snapshot(fixing: Fixing, atBlock: bigint): Promise<FixingSnapshot>
  /** The reporters at `time`; final only once `time` is past. None before the registry was there. */
  panel(time: bigint): Promise<Panel>
  /** What a proposal would cost now; undefined while the open interest cannot be read. */
  bond(fixing: Fixing): Promise<bigint | undefined>
  /** What the account can stake: bond token, and own currency beyond a reserve for gas. */
  spendable(): Promise<bigint>
  incentives(fixing: Fixing): Promise<Incentives>
  /** What attesters of the fixing share, wei. */
  attestersReward(fixing: Fixing): Promise<bigint>
  propose(fixing: Fixing, value: bigint, maxBond: bigint, terms: Terms): Promise<Sent>
  /** Proposes the report's value through the registry, which verifies who co-signed it. */
  proposeAttested(fixing: Fixing, cosigned: CosignedReport, maxBond: bigint, terms: Terms): Promise<Sent>
  /** Writes the roster of a maturity, which attestations need. */
  publishRoster(maturity: bigint, terms: Terms): Promise<Sent>
  stake(fixing: Fixing, stake: Stake, beforeSend: BeforeSend): Promise<Sent>
  claim(fixing: Fixing, receipt: Omit<Stake, 'amount'>, beforeSend: BeforeSend): Promise<Sent>
  /** What attests the fixing, as logged from `fromBlock` on; undefined for nothing. */
  attestation(fixing: Fixing, fromBlock: bigint): Promise<Attestation | undefined>
  /** Records who stands behind a report, without proposing it. */
  attest(fixing: Fixing, cosigned: CosignedReport, terms: Terms): Promise<Sent>
  /** The places whose share of the attesters' reward was paid, as logged from `fromBlock` on. */
  rewardsPaid(fixing: Fixing, fromBlock: bigint): Promise<ReadonlySet<number>>
  /** Pays the owners of the reporters at `places`, of which there is one at least, their shares of the reward. */
  claimRewards(fixing: Fixing, attestation: Attestation, places: readonly number[], terms: Terms): Promise<Sent>
  /** What became of a transaction of the account. */
  fate(signed: { readonly hash: Hex; readonly nonce: number }): Promise<Fate>
}
