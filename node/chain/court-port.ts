import type { Address, Hex } from 'viem'
import type { OpenedCase } from '#client/juror.ts'
import type { JurySeat, JuryTerms } from '#client/jury.ts'
import type { Call } from '#client/send.ts'
import type { Staked } from '#protocol/jury.ts'
import type { JuryCase } from '#protocol/jury-case.ts'
import type { Sent, Terms } from './port.ts'

/** A case and the seats of its present round, or of the one that hung. */
export type CourtCase = { readonly state: JuryCase; readonly seats: readonly JurySeat[] }

/** What a juror reads of one jury. Every method throws DeadRpcError while no endpoint answers. */
export interface CourtReads {
  terms(): Promise<JuryTerms>
  /** The cases that were opened in the blocks `from` to `to`, both included. */
  opened(from: bigint, to: bigint): Promise<readonly OpenedCase[]>
  trial(id: Hex, atBlock: bigint): Promise<CourtCase>
  /** The seats of a round of a case, also of one that is over; none before its draw. */
  seats(id: Hex, round: number, atBlock: bigint): Promise<readonly JurySeat[]>
  /** The fixings that wait for their draw, the next one first. */
  waiting(atBlock: bigint): Promise<readonly Hex[]>
  /** Whose stakes are in the pool, place by place. */
  pool(atBlock: bigint): Promise<readonly Address[]>
  /** Whose stakes rounds have returned while a draw was due. */
  returned(atBlock: bigint): Promise<readonly Address[]>
  /** How many stakes it has; of `ids`, its cases, those that run have `seats` each. */
  staked(seats: number, ids: readonly Hex[], atBlock: bigint): Promise<Staked>
  /** Who commits for each of `jurors` besides itself, in their order. */
  voters(jurors: readonly Address[], atBlock: bigint): Promise<readonly (Address | undefined)[]>
  /** The RLP of the header of a block. Throws HeaderUnknownError too. */
  header(number: bigint): Promise<Hex>
  /** What the account can withdraw, bond-token wei. */
  idle(): Promise<bigint>
}

/** One jury, to read and to send to. */
export interface CourtPort extends CourtReads {
  send(call: Call, terms: Terms): Promise<Sent>
}
