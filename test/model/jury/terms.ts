import type { Address, Hex } from 'viem'
import type { Fixing } from '../terms.ts'

/** The constants of a jury: amounts in bond-token wei, times in seconds. */
export type JuryTerms = {
  readonly seats: number
  readonly quorum: number
  readonly leastPool: number
  readonly leastSeparationPpm: bigint
  readonly warmUp: bigint
  readonly seatStake: bigint
  readonly seatFee: bigint
  readonly commitTime: bigint
  readonly revealTime: bigint
}

/** A fixing that waits for an arbitrator since `arbitratedAt`, Unix seconds. */
export type Waiting = { readonly id: Hex; readonly fixing: Fixing; readonly arbitratedAt: bigint }

/** One jury, the fixings that it may be asked about, and who takes part. Addresses in small letters. */
export type Bench = {
  readonly chainId: bigint
  readonly jury: Address
  readonly oracle: Address
  readonly token: Address
  readonly sink: Address
  readonly terms: JuryTerms
  readonly fixings: readonly Waiting[]
  readonly parties: readonly Address[]
  /** What each party has, bond-token wei. */
  readonly funds: ReadonlyMap<Address, bigint>
}

/** What a party can ask of the jury; `fixing` counts within the bench's. */
export type JuryAction =
  | { readonly name: 'stake' | 'readmit'; readonly count: number }
  | { readonly name: 'admit'; readonly juror: Address }
  | { readonly name: 'stayOut' }
  | { readonly name: 'unstake'; readonly places: readonly number[] }
  | { readonly name: 'withdraw' }
  | { readonly name: 'setVoter'; readonly voter: Address }
  | { readonly name: 'open' | 'reseed' | 'close' | 'resolve'; readonly fixing: number }
  | { readonly name: 'draw'; readonly fixing: number; readonly header: Header }
  | { readonly name: 'commit'; readonly fixing: number; readonly seat: number; readonly commitment: Hex }
  | {
      readonly name: 'reveal'
      readonly fixing: number
      readonly seat: number
      readonly value: bigint
      readonly salt: Hex
    }

/** The header that a draw brings: that of its seed block, with what it says, if the chain has it; or another. */
export type Header = { readonly bytes: Hex; readonly prevRandao: Hex; readonly isOfSeed: boolean }

/** An action, and the block in which it came. */
export type JuryStep = {
  readonly party: Address
  readonly action: JuryAction
  readonly time: bigint
  readonly block: bigint
}
