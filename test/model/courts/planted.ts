import type { PlantedContract } from '../planted-contracts.ts'
import { COURT_RULES, type CourtRules } from './rules.ts'

/** A bug planted in the model: its rules with one of them wrong. */
export type PlantedCourtRules = { readonly bug: string; readonly rules: CourtRules }

const { shares } = COURT_RULES

export const PLANTED_COURT_RULES: readonly PlantedCourtRules[] = [
  plant('both forms of a signature count', { counts: (form) => form !== 'short' }),
  plant('a signature needs no v', { counts: (form) => form !== 'mirrored' }),
  plant('more than k have to sign', { isEnough: (got, threshold) => got > threshold }),
  plant('one less than k is enough', { isEnough: (got, threshold) => got + 1n >= threshold }),
  plant("the fee's remainder is lost", { shares: (fee, count) => shares(fee - (fee % count), count) }),
  plant("the fee's remainder goes to the last", { shares: (fee, count) => shares(fee, count).toReversed() }),
  plant('corrupting it costs nothing', { cost: () => 0n }),
]

const COUNCIL = 'contracts/src/arbitrators/CouncilArbitrator.sol'

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
]

function plant(bug: string, wrong: Partial<CourtRules>): PlantedCourtRules {
  return { bug, rules: { ...COURT_RULES, ...wrong } }
}

function planted(bug: string, file: string, find: string, replace: string): PlantedContract {
  return { bug, file, find, replace }
}
