import type { Address } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import type { ChainPort } from '../chain/port.ts'
import type { Scene } from './act.ts'
import { isAmong } from './among.ts'
import type { OwnSeat } from './decide.ts'
import type { Openings, Votes } from './votes.ts'

/** What seats are told from others' with. */
export type SceneComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'chainId' | 'court'>
  readonly votes: Pick<Votes, 'openings' | 'kept'>
  /** Whose voter this node's account is with its operator's consent. */
  readonly principals: readonly Address[]
}

/**
 * The case with the seats that are ours, or were when they were committed, and what they are committed to; `guesses` are the values that
 * may have been committed to where the store does not say, and `more` gives those that are asked for only then. Throws DeadRpcError and the keys' errors.
 */
export async function sceneOf(
  { chain, votes, principals }: SceneComponents,
  found: Pick<Scene, 'known' | 'snapshot' | 'trial' | 'terms' | 'docket'>,
  guesses: readonly bigint[],
  more?: () => Promise<readonly bigint[]>,
): Promise<Scene> {
  const { known, trial, docket } = found
  const { jury, id: fixingId } = known
  const { state, seats } = trial
  const round = { chainId: chain.chainId, jury, fixingId, round: state.round }
  if (state.stage !== 'voting' || seats.length === 0)
    return { ...found, round, seats: [], own: [], openings: new Map() }
  const jurors = [...new Set(seats.map(({ juror }) => juror))]
  const voters = await chain.court(jury).voters(jurors, docket.head.number)
  const isAccount = (one: Address | undefined): boolean => isAmong(one, [chain.account])
  const isPrincipal = (juror: Address): boolean => isAmong(juror, principals)
  const isOurs = (juror: Address, i: number): boolean =>
    isAccount(juror) || (isAccount(voters[i]) && isPrincipal(juror))
  const ours = new Set(jurors.filter(isOurs))
  const mine = seats.filter(({ juror }) => ours.has(juror))
  const others = seats.filter(({ juror, committed }) => !ours.has(juror) && committed !== undefined)
  // The key is asked only for seats that it may have voted for.
  const keyed = [...mine, ...others.filter(({ juror }) => isPrincipal(juror))]
  const openings = new Map([
    ...(await votes.openings(round, keyed, guesses, more)),
    ...(await votes.kept(round, others)),
  ])
  const own = [...mine.map((seat) => ownSeat(seat, openings)), ...others.flatMap((seat) => formerSeat(seat, openings))]
  return { ...found, round, seats: mine, own, openings }
}

function ownSeat({ seat, committed, value }: JurySeat, openings: Openings): OwnSeat {
  if (value !== undefined) return { seat, isRevealed: true, vote: { kind: 'own', value } }
  if (committed === undefined) return { seat, isRevealed: false, vote: { kind: 'none' } }
  const opening = openings.get(seat)
  if (opening === undefined) return { seat, isRevealed: false, vote: { kind: 'foreign' } }
  return { seat, isRevealed: false, vote: { kind: opening.isKept ? 'own' : 'elsewhere', value: opening.value } }
}

/**
 * INVARIANT: what this node can open it reveals, whoever votes for the juror since: nobody else may know the salt, and anyone may bring
 * it.
 */
function formerSeat({ seat }: JurySeat, openings: Openings): OwnSeat[] {
  const opening = openings.get(seat)
  return opening === undefined ? [] : [{ seat, isRevealed: false, vote: { kind: 'former', value: opening.value } }]
}
