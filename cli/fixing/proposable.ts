import { zeroAddress } from 'viem'
import { OracleRevertError } from '#client/errors.ts'
import { readBond } from '#client/oracle-reader.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { openEnd } from '#protocol/phase.ts'
import type { Connection } from '../chain/connection.ts'
import { InputError } from '../errors.ts'
import { formatMoment } from '../format.ts'

/** What a proposal would stake now, base units; or why the oracle refuses any. */
export type Proposable =
  | { readonly kind: 'bond'; readonly bond: bigint }
  | { readonly kind: 'refused'; readonly errorName: string; readonly why: string }

/** Tries the bond out: the oracle refuses a proposal whose open interest it cannot read. Throws DeadRpcError. */
export async function readProposable({ chain, oracle }: Connection, fixing: Fixing): Promise<Proposable> {
  try {
    return { kind: 'bond', bond: await readBond(chain, oracle, fixing) }
  } catch (error) {
    if (!(error instanceof OracleRevertError)) throw error
    return { kind: 'refused', errorName: error.errorName, why: error.message }
  }
}

/**
 * Throws InputError for a fixing that nobody could propose a value of: one that is INVALID already at `now`, Unix seconds,
 * or whose open interest cannot be read.
 */
export async function requireProposable(connection: Connection, fixing: Fixing, now: bigint): Promise<void> {
  const end = openEnd(fixing)
  if (now >= end) {
    throw new InputError(
      `Expected a maturity, grace and limit that end after now, got ${formatMoment(end, now)}: it would be INVALID from the beginning.`,
      'Correct --maturity.',
    )
  }
  if (fixing.openInterest === zeroAddress) return
  const proposable = await readProposable(connection, fixing)
  if (proposable.kind === 'bond') return
  throw new InputError(
    `${proposable.why} Nobody could propose a value.`,
    'Name a contract that reports the open interest in --open-interest, or none.',
  )
}
