import type { Address } from 'viem'
import { ArgumentError, requireOneOf } from '#protocol/argument.ts'
import { isNearer, isSeparated } from '#protocol/distance.ts'
import { type Fixing, INVALID, MAX_LEADERS } from '#protocol/fixing.ts'
import { appealProspects, contributionProspects, longestLock, type Move, type Prospect } from '#protocol/prospects.ts'
import type { BlockHead, Chain } from './chain.ts'
import { type At, atOneBlock } from './one-block.ts'
import { type FixingSnapshot, type Pot, readFixing, readPot } from './oracle-reader.ts'

/** Stake that somebody thinks of. */
export type Bid = {
  /** `contribute`: so that the value leads. `appeal`: so that the arbitrator rules. */
  readonly kind: 'contribute' | 'appeal'
  /** In index units, scaled by 1e18, 1 .. 2^128 - 1; INVALID is one too. */
  readonly value: bigint
  /** Bond-token wei, above 0; `rest`: all that the pot still needs. */
  readonly amount: bigint | 'rest'
}

/**
 * Why the oracle takes no stake for a value now:
 * - `inactive`: nothing is proposed, or it is too late.
 * - `lastRound`: no value can lead after this one; appeal.
 * - `undisputed`: a proposal that nobody disputed cannot be appealed; contribute.
 * - `leads`: it leads already.
 * - `near`: too near a candidate, `nearest`, to be another claim.
 */
export type Refusal =
  | { readonly reason: 'inactive' | 'lastRound' | 'undisputed' | 'leads' }
  | { readonly reason: 'near'; readonly nearest: bigint }

/** What the bid would do at the block `atBlock`. Amounts are bond-token wei. */
export type Quote = { readonly atBlock: bigint } & (
  | ({ readonly kind: 'refused' } & Refusal)
  | {
      readonly kind: 'open'
      /** To be named in the transaction: it fails once another value leads. */
      readonly round: number
      /** What the oracle takes of the amount. */
      readonly taken: bigint
      /** What the pot still needs afterwards. */
      readonly missing: bigint
      /** Until when it must be mined, Unix seconds, exclusive. */
      readonly deadline: bigint
      /** Every way it can end, with what comes back of `taken`. */
      readonly prospects: readonly Prospect[]
      /** The longest that it can be locked from when its pot is full, seconds. */
      readonly longestLockSeconds: bigint
    }
)

/**
 * What a contribution or an appeal would take, need, win and lose at the block `at`, by default the latest: every request
 * names the one block's hash. Sends nothing. Throws {@link EmptyBidError}, {@link BidValueError}, ArgumentError for what is no bid,
 * ReorganisedError, DeadRpcError.
 */
export async function quoteContribution(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  bid: Bid,
  at?: At,
): Promise<Quote> {
  requireKind(bid.kind)
  requireAmount(bid.amount)
  if (bid.amount !== 'rest' && bid.amount <= 0n) throw new EmptyBidError(bid.amount)
  requireValue(bid.value)
  return atOneBlock(chain, at, (block) => quoteAt(chain, oracle, fixing, bid, block))
}

/**
 * Why the oracle would refuse stake for the value, as it stands in `snapshot`; undefined if it would not. Throws {@link BidValueError},
 * ArgumentError for another kind of bid.
 */
export function refusalOf({ kind, value }: Pick<Bid, 'kind' | 'value'>, snapshot: FixingSnapshot): Refusal | undefined {
  requireKind(kind)
  requireValue(value)
  const { phase, facts, candidates, fixing } = snapshot
  if (phase !== 'active') return { reason: 'inactive' }
  if (kind === 'contribute' && facts.round >= MAX_LEADERS) return { reason: 'lastRound' }
  if (kind === 'appeal' && facts.round < 2) return { reason: 'undisputed' }
  if (value === facts.leader) return { reason: 'leads' }
  if (candidates.some((candidate) => candidate.value === value)) return undefined
  const [nearest] = candidates
    .map((candidate) => candidate.value)
    .filter((other) => !isSeparated(value, other, fixing.separationPpm))
    .toSorted((a, b) => (isNearer(a, b, value) ? -1 : 1))
  return nearest === undefined ? undefined : { reason: 'near', nearest }
}

/** What an open pot takes of the bid, and what it needs afterwards, wei. Throws ArgumentError for what is no amount. */
export function takenOf(
  { amount }: Pick<Bid, 'amount'>,
  pot: Pot,
): { readonly taken: bigint; readonly missing: bigint } {
  requireAmount(amount)
  const before = pot.need - pot.filled
  const taken = amount === 'rest' || amount > before ? before : amount
  return { taken, missing: before - taken }
}

/** Every way the bid can end; that its pot does not fill is none if the bid fills it. Throws ArgumentError for what is no bid. */
export function prospectsOf(bid: Bid, pot: Pot, snapshot: FixingSnapshot): readonly Prospect[] {
  requireKind(bid.kind)
  const { candidates, leaderIndex = 0, facts, fixing } = snapshot
  const { taken, missing } = takenOf(bid, pot)
  const known = candidates.findIndex((candidate) => candidate.value === bid.value)
  const move: Move = {
    stand: { round: facts.round, leader: leaderIndex, stakes: candidates.map(({ stake }) => stake) },
    candidate: known === -1 ? candidates.length : known,
    amount: taken,
    arbitrationFee: fixing.arbitrationFee,
  }
  const prospects = bid.kind === 'contribute' ? contributionProspects(move) : appealProspects(move)
  return prospects.filter(({ end }) => missing > 0n || end !== 'unfilled')
}

async function quoteAt(chain: Chain, oracle: Address, fixing: Fixing, bid: Bid, block: BlockHead): Promise<Quote> {
  const snapshot = await readFixing(chain, oracle, fixing, block)
  const refusal = refusalOf(bid, snapshot)
  if (refusal !== undefined) return { kind: 'refused', atBlock: snapshot.atBlock, ...refusal }
  const { round, deadline } = snapshot.facts
  const kind = bid.kind === 'contribute' ? 'stake' : 'appeal'
  const pot = await readPot(chain, oracle, fixing, { kind, round, value: bid.value }, block)
  const staking = bid.kind === 'contribute' ? 'contribution' : 'appeal'
  return {
    kind: 'open',
    atBlock: snapshot.atBlock,
    round,
    deadline,
    ...takenOf(bid, pot),
    prospects: prospectsOf(bid, pot, snapshot),
    longestLockSeconds: longestLock(fixing, { kind: staking, round }),
  }
}

function requireKind(kind: Bid['kind']): void {
  requireOneOf('kind', kind, ['contribute', 'appeal'])
}

function requireValue(value: bigint): void {
  if (typeof value !== 'bigint') throw new ArgumentError('value', 'a bigint', value)
  if (value < 1n || value > INVALID) throw new BidValueError(value)
}

function requireAmount(amount: Bid['amount']): void {
  if (amount !== 'rest' && typeof amount !== 'bigint') throw new ArgumentError('amount', "a bigint or 'rest'", amount)
}

/** A bid on a value that no fixing can settle to. */
export class BidValueError extends Error {
  override readonly name = 'Quote.BidValueError'
  constructor(got: bigint) {
    super(`Expected a value from 1 to 2^128 - 1, got ${got}. Scale index units by 1e18; INVALID is 2^128 - 1.`)
  }
}

/** A bid of nothing. */
export class EmptyBidError extends Error {
  override readonly name = 'Quote.EmptyBidError'
  constructor(got: bigint) {
    super(`Expected an amount above zero, got ${got}. Stake any part of what the pot needs.`)
  }
}
