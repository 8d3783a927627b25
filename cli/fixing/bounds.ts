import { formatUnits } from 'viem'
import { type Fixing, ParameterOutOfBoundsError, validateFixing } from '#protocol/fixing.ts'
import { InputError } from '../errors.ts'
import { formatDuration, formatPercent, type Token } from '../format.ts'

/** The option that sets each parameter, and what it counts. */
const OPTIONS: Readonly<Record<keyof Fixing, readonly [flag: string, unit: Unit]>> = {
  indexId: ['--index', 'number'],
  maturity: ['--maturity', 'number'],
  arbitrator: ['--arbitrator', 'address'],
  backup: ['--backup', 'address'],
  openInterest: ['--open-interest', 'address'],
  minBond: ['--min-bond', 'amount'],
  arbitrationFee: ['--fee', 'amount'],
  bondPpm: ['--bond-ppm', 'number'],
  firstWindow: ['--first-window', 'time'],
  window: ['--window', 'time'],
  separationPpm: ['--separation-ppm', 'number'],
  bandPpm: ['--band-ppm', 'number'],
  proposalGrace: ['--grace', 'time'],
  arbitrationLimit: ['--limit', 'time'],
}

/** What an option counts. */
export type Unit = 'number' | 'address' | 'amount' | 'time' | 'percent'

const HINTS: Partial<Record<keyof Fixing, string>> = {
  arbitrator: 'Name the contract that rules when a dispute reaches arbitration.',
  backup: 'Name a contract other than the arbitrator.',
  arbitrationFee: 'Raise --min-bond to at least 2.5 times the fee, or lower the fee.',
  separationPpm: 'Keep it at least 1 and at most --band-ppm.',
}

/** Below this, base units of a token of 18 decimals are easier to read as they are. */
const FEW = 10n ** 9n

/** Throws InputError, by the option's name and in units that were typed, for the first parameter outside its bounds. */
export function requireWithinBounds(fixing: Fixing, token: Token): void {
  try {
    validateFixing(fixing)
  } catch (error) {
    if (!(error instanceof ParameterOutOfBoundsError)) throw error
    throw new InputError(textOf(error, fixing, token), HINTS[error.field] ?? 'See docs/parameters.md.', {
      cause: error,
    })
  }
}

function textOf({ field, got, min, max }: ParameterOutOfBoundsError, fixing: Fixing, token: Token): string {
  const [flag, unit] = OPTIONS[field]
  if (unit === 'address') {
    const want = max < min ? `to differ from ${OPTIONS.arbitrator[0]}` : 'to be an address other than zero'
    return `Expected ${flag} ${want}, got ${fixing[field]}.`
  }
  const shown = (value: bigint): string => inUnits(value, unit, token)
  return `Expected ${flag} from ${shown(min)} to ${shown(max)}, got ${shown(got)}.`
}

/** A bound or a value as it is typed. Amounts with all their digits: bounds that were cut could not be told from what is outside them. */
export function inUnits(value: bigint, unit: Unit, token: Token): string {
  if (unit === 'time') return formatDuration(value)
  if (unit === 'percent') return formatPercent(value)
  if (unit !== 'amount') return String(value)
  if (value < FEW && token.isWeth) return `${value} wei`
  return `${formatUnits(value, token.decimals)} ${token.isWeth ? 'ETH' : token.symbol}`
}
