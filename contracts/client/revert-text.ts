import { hexToString, isHex } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'
import { SEED_LIFE } from '#protocol/jury.ts'
import { PHASES } from '#protocol/phase.ts'
import { STANDARD_TEXTS } from './standard-revert-text.ts'

/** What a revert means to the person who caused it: what was expected and got, and what to do next. */
export type RevertText = { readonly expected: string; readonly hint: string }

type Args = readonly unknown[]

const READ_AGAIN = 'Read where the fixing stands with assize status, then decide again.'
const BY_STATUS = 'assize status shows its phase and deadline.'

const TEXTS: Readonly<Record<string, (args: Args) => RevertText>> = {
  ParameterOutOfBounds: ([field, got, min, max]) => ({
    expected: `Expected ${label(field)} within ${text(min)} .. ${text(max)}, got ${text(got)}.`,
    hint: `Change ${label(field)} in the fixing; docs/spec.md lists every bound.`,
  }),
  ZeroValue: () => ({ expected: 'Expected a value above zero, got 0.', hint: 'Give the value in index units.' }),
  ZeroAmount: () => ({ expected: 'Expected an amount above zero, got 0.', hint: 'Give the amount in wei.' }),
  WrongPhase: ([got, want]) => ({
    expected: `Expected a fixing that is ${phase(want)}, got one that is ${phase(got)}.`,
    hint: BY_STATUS,
  }),
  NotSettled: ([id]) => ({ expected: `Expected a settled fixing, got ${text(id)} unsettled.`, hint: BY_STATUS }),
  GraceRunning: ([now, end]) => ({
    expected: `Expected the proposal grace to be over at ${text(end)}, got time ${text(now)}.`,
    hint: 'Propose a value instead, or wait for the end of the grace.',
  }),
  StaleRound: ([got, want]) => ({
    expected: `Expected round ${text(want)}, got round ${text(got)}: the leader has changed since.`,
    hint: READ_AGAIN,
  }),
  LeaderLimit: ([round]) => ({
    expected: `Expected a round before the last, got round ${text(round)}: there is no further leader.`,
    hint: 'Appeal to the arbitrator instead.',
  }),
  NotDisputed: ([round]) => ({
    expected: `Expected a disputed proposal, got round ${text(round)}: nobody has disputed it.`,
    hint: 'Contribute to another value first.',
  }),
  ValueLeads: ([leader]) => ({
    expected: `Expected a value that does not lead, got ${value(leader)}, which leads.`,
    hint: 'It stands already if nobody else acts: nothing to do.',
  }),
  NotSeparated: ([got, candidate]) => ({
    expected: `Expected a value at least the separation away from every candidate, got ${value(got)} beside ${value(candidate)}.`,
    hint: `Stake on candidate ${value(candidate)} instead.`,
  }),
  OpenInterestUnreadable: ([source]) => ({
    expected: `Expected the open interest of ${text(source)}, got no readable number.`,
    hint: 'Check that the fixing names the right vault; arbitration can still be requested after the grace.',
  }),
  BondAboveMax: ([bond, max]) => ({
    expected: `Expected a bond of at most ${text(max)} wei, got ${text(bond)} wei.`,
    hint: 'Raise the limit for a bond, or leave this fixing to others.',
  }),
  NotArbitrator: ([got, want]) => ({
    expected: `Expected the ruling of ${text(want)}, got one from ${text(got)}.`,
    hint: 'Only the current arbitrator rules; after the arbitration limit the backup takes over.',
  }),
  NothingToClaim: ([receipt]) => ({
    expected: `Expected a balance of receipt ${text(receipt)}, got 0.`,
    hint: 'It was claimed already, or belongs to another account.',
  }),
  PotLive: ([round, pot]) => ({
    expected: `Expected a pot that is over, got the live pot of ${value(pot)} in round ${text(round)}.`,
    hint: 'It refunds when its round ends without it.',
  }),
  AlreadyCollected: ([id]) => ({
    expected: `Expected the sink's share of ${text(id)} to be there, got one sent already.`,
    hint: 'Nothing to do.',
  }),
  TransferMismatch: ([got, want]) => ({
    expected: `Expected a transfer of ${text(want)} wei, got ${text(got)} wei.`,
    hint: 'The bond token takes a fee or rebases; it is not supported.',
  }),
  SplitClosed: ([now, maturity]) => ({
    expected: `Expected a time before maturity ${text(maturity)}, got ${text(now)}.`,
    hint: 'Splitting ends at maturity; buy P or N, or use a later series.',
  }),
  AboveSecured: ([got, most]) => ({
    expected: `Expected at most ${text(most)} wei of collateral on this fixing, got ${text(got)} wei: its arbitrators secure no more.`,
    hint: 'Split less, or use a series whose arbitrators secure more.',
  }),
  BondRateOutOfBounds: ([got, min, max]) => ({
    expected: `Expected a bond rate of ${text(min)} .. ${text(max)}, got ${text(got)}.`,
    hint: 'It is bond-token wei per 1e18 wei of collateral, and 1e18 for the bond token itself.',
  }),
  NotEther: () => ({
    expected: 'Expected a vault of wrapped ether, got one of another collateral.',
    hint: 'Use split, merge and redeem, which move the collateral itself.',
  }),
  StakeBelowMin: ([got, min]) => ({
    expected: `Expected a stake of at least ${text(min)} wei, got ${text(got)} wei.`,
    hint: 'Stake more.',
  }),
  SignerTaken: ([signer, index]) => ({
    expected: `Expected a new signer, got ${text(signer)}, who is reporter ${text(index)} already.`,
    hint: 'Use another key for this reporter.',
  }),
  TooFewSignatures: ([got, want]) => ({
    expected: `Expected ${text(want)} valid signatures on the ruling, got ${text(got)}.`,
    hint: 'Ask further members of the council to sign.',
  }),
  NotItsTurn: ([id]) => ({
    expected: `Expected a fixing that waits for this arbitrator, got ${text(id)}, which does not.`,
    hint: 'assize status shows whose turn it is.',
  }),
  FeeBelowPrice: ([got, want]) => ({
    expected: `Expected an arbitration fee of at least ${text(want)} wei, got ${text(got)} wei.`,
    hint: 'The jury does not take this fixing: its backup rules after the limit.',
  }),
  NotYet: ([count, time]) => ({
    expected: `Expected stakes that have warmed up, got ${text(count)} that can be drawn from ${text(time)} on.`,
    hint: 'Wait until then; anyone can admit them.',
  }),
  SeparationTooSmall: ([got, want]) => ({
    expected: `Expected a separation of at least ${text(want)} ppm, got ${text(got)} ppm.`,
    hint: 'The jury does not take this fixing: its backup rules after the limit.',
  }),
  PoolTooSmall: ([got, want]) => ({
    expected: `Expected ${text(want)} stakes in the pool, got ${text(got)}.`,
    hint: 'Half of all stakes have to be free, those with seats counted: wait until running cases end, or more jurors have staked.',
  }),
  StakesReturned: ([count]) => ({
    expected: `Expected the stakes that rounds have returned to be in the pool again, got ${text(count)} that are not.`,
    hint: 'Draw the cases that wait, then repeat: assize jury open puts them in first.',
  }),
  NothingToReadmit: () => ({
    expected: 'Expected stakes that rounds have returned, got none.',
    hint: 'Somebody else has put them into the pool already: nothing is lost, read the pool and repeat.',
  }),
  NotYourStake: ([place]) => ({
    expected: `Expected a stake of the account at place ${text(place)} of the pool, got another or none.`,
    hint: 'Others have taken theirs out since the pool was read: nothing is lost, read it and repeat.',
  }),
  TooLate: ([end, turnEnd]) => ({
    expected: `Expected votes that end before ${text(turnEnd)}, got ${text(end)}.`,
    hint: 'Close the case: the jury cannot rule in time any more.',
  }),
  DrawsWaiting: ([count]) => ({
    expected: `Expected a pool without draws to come, got ${text(count)}.`,
    hint: 'Draw the cases that wait, then repeat: the pool is closed until then.',
  }),
  NotNext: ([next]) => ({
    expected: `Expected the next case, ${text(next)}, got another.`,
    hint: 'Draw that one first.',
  }),
  NotTheHeader: ([number]) => ({
    expected: `Expected the header of block ${text(number)}, got another, or a block that the chain does not know.`,
    hint: `Wait for that block; after ${SEED_LIFE} more, give the case another seed.`,
  }),
  CommitOver: ([end]) => ({
    expected: `Expected a commitment before ${text(end)}, got a later one.`,
    hint: 'The seat can no longer vote in this round.',
  }),
  NotRevealing: ([start, end]) => ({
    expected: `Expected to reveal from ${text(start)} on and before ${text(end)}, got another time.`,
    hint: 'Wait for the end of the commitments; after the end the seat is lost.',
  }),
  NotYourSeat: ([seat]) => ({
    expected: `Expected the juror of seat ${text(seat)} or its voter, got another account.`,
    hint: 'Send it from the account that was drawn.',
  }),
  NotCommitted: ([seat]) => ({
    expected: `Expected the value and the salt that seat ${text(seat)} committed to, got others.`,
    hint: 'Reveal with the value and the salt that were kept when it was committed.',
  }),
  RevealRunning: ([end]) => ({
    expected: `Expected all seats to have revealed, or a time from ${text(end)} on, got neither.`,
    hint: 'Wait until then.',
  }),
  TurnEndsBefore: ([expiry, end]) => ({
    expected: `Expected an assertion that can be true before the turn ends at ${text(end)}, got one at ${text(expiry)}.`,
    hint: 'It is too late to assert: the backup rules next.',
  }),
  AlreadyRuled: ([id]) => ({
    expected: `Expected a fixing on which UMA has found no value true, got ${text(id)}.`,
    hint: 'Bring the ruling: assize uma settle.',
  }),
  NotRuled: ([id]) => ({
    expected: `Expected a fixing on which UMA has found a value true, got ${text(id)}.`,
    hint: 'assize uma status shows what waits.',
  }),
}

/**
 * The text for a contract error by name and decoded arguments; a plain one for errors without their own, and for those that are known by
 * their selector alone.
 */
export function revertText(errorName: string, args: Args): RevertText {
  const own = TEXTS[errorName] ?? STANDARD_TEXTS[errorName]
  if (own !== undefined) return own(args)
  if (isHex(errorName)) {
    return {
      expected: `Expected the call to succeed, got error ${errorName}, which is of none of our contracts.`,
      hint: 'A contract that was called on the way says so, such as a token: look its errors up there.',
    }
  }
  return {
    expected: `Expected the call to succeed, got ${errorName}(${args.map(text).join(', ')}).`,
    hint: 'docs/reference/errors.md says what it means.',
  }
}

function text(argument: unknown): string {
  return String(argument)
}

function phase(code: unknown): string {
  return PHASES[Number(code)] ?? text(code)
}

function value(wad: unknown): string {
  if (typeof wad !== 'bigint') return text(wad)
  return wad === INVALID ? 'INVALID' : formatValue(wad)
}

/** A bytes32 name as text. */
function label(field: unknown): string {
  return isHex(field) ? hexToString(field, { size: 32 }) : text(field)
}
