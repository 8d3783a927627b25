import type { Address } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import { addresses } from '../arguments.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'

/**
 * Throws InputError if the user named whom to trust, and arbitrator and backup are not both among them: anyone can create
 * a fixing that names their own, and would rule every stake to themselves. The list is the one that nodes use.
 */
export function requireTrusted(
  { arbitrator, backup }: Fixing,
  named: readonly Address[] | undefined,
  env: Context['env'],
): void {
  const trusted = named ?? trustedIn(env)
  const stranger = [arbitrator, backup].find((account) => !trusted.includes(account))
  if (trusted.length === 0 || stranger === undefined) return
  throw new InputError(
    `Expected a fixing ruled on by ${trusted.join(' or ')}, got ${stranger}.`,
    'Leave it alone, or name the address in --arbitrators if you trust it.',
  )
}

/** Whether both that rule are trusted; `unknown` where the user has named nobody. */
export type Trust = 'yes' | 'no' | 'unknown'

/** Whether the user named both that rule on the fixing. Throws InputError for an environment that names no addresses. */
export function trustOf(
  { arbitrator, backup }: Pick<Fixing, 'arbitrator' | 'backup'>,
  named: readonly Address[] | undefined,
  env: Context['env'],
): Trust {
  const trusted = named ?? trustedIn(env)
  if (trusted.length === 0) return 'unknown'
  return trusted.includes(arbitrator) && trusted.includes(backup) ? 'yes' : 'no'
}

function trustedIn(env: Context['env']): readonly Address[] {
  try {
    return addresses(env['ASSIZE_POLICY_ARBITRATORS'] ?? '')
  } catch (cause) {
    throw new InputError(
      'Expected addresses with commas between them in ASSIZE_POLICY_ARBITRATORS, got others.',
      'Correct it.',
      {
        cause,
      },
    )
  }
}
