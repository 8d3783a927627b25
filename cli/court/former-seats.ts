import { type Address, zeroAddress } from 'viem'
import type { VoteEvent } from '#client/juror.ts'
import type { JurySeat } from '#client/jury.ts'
import type { Trial } from './jury-court.ts'

/** A round, and its seats. */
export type Round = Pick<Trial, 'state' | 'seats'> & { readonly id: Trial['snapshot']['id'] }

/**
 * The seats that are committed to what nobody but `account` may know, which votes for their jurors no more: it was the voter when they were
 * committed. Warning: the juror may have committed them itself; the log does not say who of the two has.
 */
export function formerSeats(
  { id, state, seats }: Round,
  votes: readonly VoteEvent[],
  { account, principals }: { readonly account: Address; readonly principals: readonly Address[] },
): readonly number[] {
  const hidden = hiddenOfOthers(seats, principals)
  const jurors = new Map(hidden.map(({ seat, juror }) => [seat, juror]))
  const voters = new Map<Address, Address>()
  const committedBy = new Map<number, Address>()
  for (const event of votes) {
    if (event.kind === 'voter') voters.set(event.juror, event.voter)
    else if (event.id === id && event.round === state.round)
      committedBy.set(event.seat, voters.get(jurors.get(event.seat) ?? zeroAddress) ?? zeroAddress)
  }
  return hidden.map(({ seat }) => seat).filter((seat) => committedBy.get(seat) === account)
}

/** The seats of jurors other than `principals` that are committed and not revealed. */
export function hiddenOfOthers(seats: readonly JurySeat[], principals: readonly Address[]): readonly JurySeat[] {
  return seats.filter(({ juror, committed }) => committed !== undefined && !principals.includes(juror))
}
