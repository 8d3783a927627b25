import type { Fixing } from './terms.ts'

/** A parameter outside the bounds of protocol section 3. */
export type OutOfBounds = { readonly field: string; readonly got: bigint; readonly min: bigint; readonly max: bigint }

const MINUTE = 60n
const DAY = 86_400n
const MAX_ADDRESS = (1n << 160n) - 1n
const MAX_WORD = (1n << 256n) - 1n

/** The first parameter out of bounds, in the order of the table in section 3; undefined if `fixing` is valid. */
export function firstOutOfBounds(fixing: Fixing): OutOfBounds | undefined {
  return checks(fixing).find(({ got, min, max }) => got < min || got > max)
}

function checks(fixing: Fixing): OutOfBounds[] {
  const { arbitrationFee, bandPpm } = fixing
  const backup = BigInt(fixing.backup)
  const isRepeated = backup === BigInt(fixing.arbitrator)
  return [
    { field: 'indexId', got: BigInt(fixing.indexId), min: 1n, max: MAX_WORD },
    { field: 'maturity', got: fixing.maturity, min: 0n, max: (1n << 39n) - 1n },
    { field: 'arbitrator', got: BigInt(fixing.arbitrator), min: 1n, max: MAX_ADDRESS },
    { field: 'backup', got: backup, min: 1n, max: isRepeated ? 0n : MAX_ADDRESS },
    { field: 'minBond', got: fixing.minBond, min: 10n ** 9n, max: 1n << 80n },
    { field: 'arbitrationFee', got: arbitrationFee, min: 1n, max: (2n * fixing.minBond) / 5n },
    { field: 'bondPpm', got: fixing.bondPpm, min: 0n, max: 100_000n },
    { field: 'firstWindow', got: fixing.firstWindow, min: 10n * MINUTE, max: 30n * DAY },
    { field: 'window', got: fixing.window, min: 10n * MINUTE, max: 30n * DAY },
    { field: 'separationPpm', got: fixing.separationPpm, min: 1n, max: bandPpm },
    { field: 'bandPpm', got: bandPpm, min: 1n, max: 200_000n },
    { field: 'proposalGrace', got: fixing.proposalGrace, min: 10n * MINUTE, max: 30n * DAY },
    { field: 'arbitrationLimit', got: fixing.arbitrationLimit, min: DAY, max: 60n * DAY },
  ]
}
