import type { PlantedContract } from '../planted-contracts.ts'
import { INVALID } from '../terms.ts'
import { COURT_RULES, type CourtRules } from './rules.ts'

/** A bug planted in the model: its rules with one of them wrong. */
export type PlantedCourtRules = { readonly bug: string; readonly rules: CourtRules }

const { shares, cost } = COURT_RULES

export const PLANTED_COURT_RULES: readonly PlantedCourtRules[] = [
  plant('both forms of a signature count', { counts: (form) => form !== 'short' }),
  plant('a signature needs no v', { counts: (form) => form !== 'mirrored' }),
  plant('more than k have to sign', { isEnough: (got, threshold) => got > threshold }),
  plant('one less than k is enough', { isEnough: (got, threshold) => got + 1n >= threshold }),
  plant("the fee's remainder is lost", { shares: (fee, count) => shares(fee - (fee % count), count) }),
  plant("the fee's remainder goes to the last", { shares: (fee, count) => shares(fee, count).toReversed() }),
  plant('a turn includes the second of its end', { isBefore: (now, end) => now <= end }),
  plant('a refusal to rule is the value 1', { valueFor: (ruling) => (ruling === 0n ? 1n : ruling) }),
  plant('INVALID is a number that a court cannot rule', { valueFor: (ruling) => (ruling === INVALID ? 1n : ruling) }),
  plant('a court rules again', { isOver: () => false }),
  plant('what is sent beyond the price is kept', { kept: (sent) => sent }),
  plant("an assertion takes UMA's bond", { bond: (_, umas) => umas }),
  plant("an assertion takes the adapter's bond", { bond: (least) => least }),
  plant('the last value that UMA finds true is the ruling', { isRuling: (isTrue) => isTrue }),
  plant('what UMA finds false is the ruling', { isRuling: (_, hasRuling) => !hasRuling }),
  plant('corrupting it costs nothing', { cost: () => 0n }),
  plant('corrupting it costs the same for every fixing', { cost: ({ declaredCost }) => declaredCost }),
  plant('the least turn is too short', {
    cost: (terms, fixing) =>
      terms.kind !== 'council' && fixing.arbitrationLimit === terms.leastTurn ? 0n : cost(terms, fixing),
  }),
]

const COUNCIL = 'contracts/src/arbitrators/CouncilArbitrator.sol'
const ADAPTER = 'contracts/src/arbitrators/CourtAdapter.sol'
const ERC792 = 'contracts/src/arbitrators/Erc792Arbitrator.sol'
const UMA = 'contracts/src/arbitrators/UmaArbitrator.sol'

/** One for each way in which the contracts could be wrong by little. */
export const PLANTED_COURTS: readonly PlantedContract[] = [
  planted(
    'one less than k is enough',
    COUNCIL,
    'if (count < THRESHOLD) revert TooFewSignatures',
    'if (count + 1 < THRESHOLD) revert TooFewSignatures',
  ),
  planted(
    'a member signs twice',
    COUNCIL,
    'if (i > 0 && index <= signatures[i - 1].index)',
    'if (i > 0 && index < signatures[i - 1].index)',
  ),
  planted('the remainder goes to everybody', COUNCIL, 'next = share;', 'next = next;'),
  planted(
    'half of what is withdrawn is owed again',
    COUNCIL,
    'owed[msg.sender] = 0;',
    'owed[msg.sender] = amount / 2;',
  ),
  planted(
    'all that the council holds is the fee',
    COUNCIL,
    'BOND_TOKEN.balanceOf(address(this)) - balanceBefore',
    'BOND_TOKEN.balanceOf(address(this)) - 0 * balanceBefore',
  ),
  planted(
    "any key's signature counts",
    COUNCIL,
    'NoError && recovered == account)',
    'NoError && recovered != address(0))',
  ),
  planted(
    'a court rules again',
    ERC792,
    'if (trial.opener == address(0) || trial.isRuled)',
    'if (trial.opener == address(0) || (trial.isRuled && ruling == 0))',
  ),
  planted('anybody rules as the court', ERC792, 'if (msg.sender != address(COURT))', 'if (msg.sender == address(0))'),
  planted(
    'a number that the court gives twice takes a case over',
    ERC792,
    'if (FixingId.unwrap(_fixings[disputeId]) != 0) revert',
    'if (FixingId.unwrap(_fixings[disputeId]) == FixingId.unwrap(id)) revert',
  ),
  planted(
    'a case is opened out of turn',
    ERC792,
    'if (TurnLib.turnEnd(ORACLE, fixing, address(this)) == 0) revert',
    'if (TurnLib.turnEnd(ORACLE, fixing, address(this)) == 1) revert',
  ),
  planted(
    'whoever brings the ruling is paid',
    ADAPTER,
    'safeTransfer(payee,',
    'safeTransfer(payee == address(this) ? payee : msg.sender,',
  ),
  planted(
    'the last value that UMA finds true is the ruling',
    UMA,
    'if (!isTrue || trial.asserter != address(0)) return;',
    'if (!isTrue) return;',
  ),
  planted(
    'an assertion that was not made here counts',
    UMA,
    'if (assertion.asserter == address(0)) return;',
    'if (assertion.asserter == address(COURT)) return;',
  ),
  planted('liveness ends with the turn', UMA, 'if (expiry >= turnEnd) revert', 'if (expiry > turnEnd) revert'),
  planted(
    "an assertion takes the lesser of the adapter's bond and UMA's",
    UMA,
    'return umaBond > LEAST_BOND ?',
    'return umaBond < LEAST_BOND ?',
  ),
]

function plant(bug: string, wrong: Partial<CourtRules>): PlantedCourtRules {
  return { bug, rules: { ...COURT_RULES, ...wrong } }
}

function planted(bug: string, file: string, find: string, replace: string): PlantedContract {
  return { bug, file, find, replace }
}
