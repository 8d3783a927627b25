import type { Address, Hex } from 'viem'
import { concatHex, encodeAbiParameters, keccak256, numberToHex } from 'viem/utils'
import { type Fixing, INVALID } from './fixing.ts'

/** One vote as it is committed to: which jury and seat it is of, whose seat that is, the value, and the secret salt. */
export type Vote = {
  readonly chainId: number
  readonly jury: Address
  readonly fixingId: Hex
  /** 0, and 1 after the first jury hung. */
  readonly round: number
  readonly seat: number
  readonly juror: Address
  /** Scaled by 1e18, > 0, or INVALID. */
  readonly value: bigint
  /** 32 bytes that nobody can guess: values can be tried out. */
  readonly salt: Hex
}

const WORD = 32
/** Who draws and who resolves is paid so many seats' shares of the fee each (R-504). */
const CLERK_SHARES = 4
/** From a request of jurors to the block whose `prevrandao` draws them, blocks. */
export const SEED_DELAY = 128n
/** For how long a seed block can be drawn by, which is what EIP-2935 remembers, blocks. */
export const SEED_LIFE = 8_191n
/** From one block to the next, seconds: a slot of Ethereum's consensus. */
const SLOT = 12n
const DAY = 86_400n
/** What a case needs beside its votes when it gets a seed: two days for that to live, one to be ruled on. */
const BESIDE_VOTES = 3n * DAY

/** Stakes that one call puts into the pool or takes out of it at most. */
export const MOST_STAKES = 256

/** What is staked in a jury, in stakes, but for what is to come; and what is about to be drawn. */
export type Staked = {
  readonly pool: number
  /** What rounds have returned while a draw was due. */
  readonly returned: number
  /** What has seats. */
  readonly seated: number
  /** Cases that wait for their draw. */
  readonly waiting: number
}

/** The stakes that the pool needs for another case: half of all, or the least pool, and the seats of the cases that wait. */
export function neededPool(
  { seats, leastPool }: { readonly seats: number; readonly leastPool: number },
  { pool, returned, seated, waiting }: Staked,
): number {
  return Math.max(leastPool, Math.ceil((pool + returned + seated) / 2)) + waiting * seats
}

/** Whether the pool is large enough for another case once what was returned is in it. */
export function hasRoom(terms: Parameters<typeof neededPool>[0], staked: Staked): boolean {
  return staked.pool + staked.returned >= neededPool(terms, staked)
}

/** The least fee that a jury opens a case for, bond-token wei. */
export function openingPrice({ seats, seatFee }: { readonly seats: number; readonly seatFee: bigint }): bigint {
  return seatFee * BigInt(seats + 2 * CLERK_SHARES)
}

/** By what a jury opens no case of a fixing, whoever pays for it: its fee first, then its separation; undefined if it does. */
export function whyNotTaken(
  { arbitrationFee, separationPpm }: Pick<Fixing, 'arbitrationFee' | 'separationPpm'>,
  terms: Parameters<typeof openingPrice>[0] & { readonly leastSeparationPpm: number },
): 'fee' | 'separation' | undefined {
  if (arbitrationFee < openingPrice(terms)) return 'fee'
  return separationPpm < terms.leastSeparationPpm ? 'separation' : undefined
}

/** What drawing, and resolving, is paid of `fee` if the jury rules, rounded down. */
export function clerkPay(fee: bigint, seats: number): bigint {
  return (fee * BigInt(CLERK_SHARES)) / BigInt(seats + 2 * CLERK_SHARES)
}

/** The last block at which the chain still remembers the seed block. */
export function lastDrawBlock(seedBlock: bigint): bigint {
  return seedBlock + SEED_LIFE
}

/** What `count` blocks take if no slot is missed, seconds. */
export function blocksTime(count: bigint): bigint {
  return count * SLOT
}

/** What a case still takes, seconds: committing and revealing, and from its seed on what that and a ruling need, too. */
export function caseTime(
  { commitTime, revealTime }: { readonly commitTime: number; readonly revealTime: number },
  from: 'seed' | 'votes',
): bigint {
  return BigInt(commitTime + revealTime) + (from === 'seed' ? BESIDE_VOTES : 0n)
}

/**
 * What `votes`, one at least and none 0, come to: INVALID if more than half of them are, else the lower median of
 * the numbers.
 */
export function verdictOf(votes: readonly bigint[]): bigint {
  const numbers = votes.filter((vote) => vote !== INVALID).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const isInvalid = (votes.length - numbers.length) * 2 > votes.length
  return isInvalid ? INVALID : (numbers[(numbers.length - 1) >> 1] ?? INVALID)
}

/** What is sent for a vote before anybody reveals. */
export function commitmentOf({ chainId, jury, fixingId, round, seat, juror, value, salt }: Vote): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'uint256' },
        { type: 'address' },
        { type: 'bytes32' },
        { type: 'uint256' },
        { type: 'uint256' },
        { type: 'address' },
        { type: 'uint256' },
        { type: 'bytes32' },
      ],
      [BigInt(chainId), jury, fixingId, BigInt(round), BigInt(seat), juror, value, salt],
    ),
  )
}

/** A seat of a round as it stands: what it has committed to is undefined before, and once it has revealed. */
export type CommittedSeat = { readonly seat: number; readonly juror: Address; readonly committed: Hex | undefined }

/** Which of `values` the seat has committed to under `salt`; undefined for none of them. */
export function committedValue(
  round: Pick<Vote, 'chainId' | 'jury' | 'fixingId' | 'round'>,
  { seat, juror, committed }: CommittedSeat,
  salt: Hex,
  values: readonly bigint[],
): bigint | undefined {
  const { chainId, jury, fixingId, round: number } = round
  const vote = { chainId, jury, fixingId, round: number, seat, juror, salt }
  return values.find((value) => commitmentOf({ ...vote, value }) === committed)
}

/** The seed of a draw: from `prevrandao` of its block, the fixing and the round. */
export function drawSeed(randao: Hex, fixingId: Hex, round: number): Hex {
  return keccak256(concatHex([randao, fixingId, numberToHex(round, { size: WORD })]))
}

/**
 * The places of the pool that `seed` draws, in the order of the seats. What is drawn is replaced by the last of the
 * pool, so that no place is drawn twice. `poolSize` >= `seats`.
 */
export function drawPlaces(seed: Hex, poolSize: number, seats: number): number[] {
  // Where a place has moved to, for the few that have: the pool may be large.
  const moved = new Map<number, number>()
  const drawn: number[] = []
  for (let seat = 0; seat < seats; seat++) {
    const size = poolSize - seat
    const random = BigInt(keccak256(concatHex([seed, numberToHex(seat, { size: WORD })])))
    const place = Number(random % BigInt(size))
    drawn.push(moved.get(place) ?? place)
    moved.set(place, moved.get(size - 1) ?? size - 1)
  }
  return drawn
}
