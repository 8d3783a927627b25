import { type Address, zeroAddress } from 'viem'
import type { VoteEvent } from '#client/juror.ts'
import type { JurySeat } from '#client/jury.ts'
import type { Trial } from './jury-court.ts'

/** A round, and its seats. */
export type Round = Pick<Trial, 'state' | 'seats'> & { readonly id: Trial['snapshot']['id'] }

/** Of the seats that are committed and not revealed, by their numbers, those whose vote another hand than the viewer's has cast, or may have. */
export type Hands = {
  /** Of jurors that it votes for no more: it was the voter when they were committed. */
  readonly former: readonly number[]
  /** Of jurors that it votes for since, as another: the voter then, or the juror, has committed them, and nobody else can open them. */
  readonly closed: readonly number[]
  /** Its own, or of jurors that it votes for, which it or another has committed: the log does not say which of the two. */
  readonly doubtful: readonly number[]
}

/** No seat is in another hand. */
export const OWN_HANDS: Hands = { former: [], closed: [], doubtful: [] }

/** Who looks, and the jurors that it votes for now, itself included. */
type Who = { readonly account: Address; readonly principals: readonly Address[] }

/** How a seat was last committed: who was the juror's voter then, undefined if the log does not say, and whether one was named since. */
export type Cast = { readonly voter: Address | undefined; readonly isNamedSince: boolean }

/**
 * Who has cast the round's votes, for `account`, which votes for `principals` now. Warning: a juror may have committed itself what its voter
 * could, which the log does not tell apart; and `votes` may begin after a voter was named. INVARIANT: only what another has surely committed is
 * closed: whoever is not told to reveal loses the stake.
 */
export function handsOf(round: Round, votes: readonly VoteEvent[], who: Who): Hands {
  const casts = castsOf(round, votes)
  const seatsIn = (hand: keyof Hands): readonly number[] =>
    hiddenSeats(round.seats)
      .filter(({ seat, juror }) => handOf(juror, casts.get(seat), who) === hand)
      .map(({ seat }) => seat)
  return { former: seatsIn('former'), closed: seatsIn('closed'), doubtful: seatsIn('doubtful') }
}

/** In which hand a juror's seat is; undefined for that of the viewer, of nobody, or not known. */
function handOf(juror: Address, cast: Cast | undefined, { account, principals }: Who): keyof Hands | undefined {
  if (cast === undefined) return undefined
  const { voter, isNamedSince } = cast
  const isOther = voter !== undefined && voter !== zeroAddress && voter !== account
  if (juror === account) return isOther ? 'doubtful' : undefined
  if (!principals.includes(juror)) return voter === account ? 'former' : undefined
  if (voter === account || !isNamedSince) return undefined
  return voter === undefined ? 'doubtful' : 'closed'
}

/** How the seats of the round were last committed, as far as `votes` go; by their numbers. */
export function castsOf({ id, state, seats }: Round, votes: readonly VoteEvent[]): ReadonlyMap<number, Cast> {
  const jurors = new Map(seats.map(({ seat, juror }) => [seat, juror]))
  const voters = new Map<Address, Address>()
  const casts = new Map<number, Cast>()
  for (const event of votes) {
    if (event.kind === 'voter') {
      voters.set(event.juror, event.voter)
      for (const [seat, cast] of casts) {
        if (jurors.get(seat) === event.juror) casts.set(seat, { ...cast, isNamedSince: true })
      }
    } else if (event.id === id && event.round === state.round) {
      casts.set(event.seat, { voter: voters.get(jurors.get(event.seat) ?? zeroAddress), isNamedSince: false })
    }
  }
  return casts
}

/** The seats that are committed and not revealed. */
export function hiddenSeats(seats: readonly JurySeat[]): readonly JurySeat[] {
  return seats.filter(({ committed }) => committed !== undefined)
}
