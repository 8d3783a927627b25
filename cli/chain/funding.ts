import type { Purse } from '#client/bond-token.ts'
import { InputError } from '../errors.ts'
import { ETHER, formatAmount, type Token } from '../format.ts'

/** What must be there before an action: how much to wrap, and how much to allow; 0 = nothing to do. */
export type Funding = { readonly wrap: bigint; readonly approve: bigint }

/** What an action needs, base units of the bond token, and wei for gas at its dearest. */
export type Need = { readonly amount: bigint; readonly gas: bigint }

/** What to wrap and to allow for `amount`: tokens that are held come first, and exactly what is missing is wrapped. */
export function fundingOf(amount: bigint, purse: Purse, token: Token): Funding {
  const missing = purse.held < amount ? amount - purse.held : 0n
  return { wrap: token.isWeth ? missing : 0n, approve: purse.allowance < amount ? amount : 0n }
}

/**
 * Throws InputError that says how much is missing: of the token, if ETH cannot be wrapped into it, or of ETH for what has
 * to be wrapped and for gas. Gas is never wrapped away.
 */
export function requireFunds({ amount, gas }: Need, purse: Purse, token: Token): void {
  if (!token.isWeth && purse.held < amount) {
    throw new InputError(
      `Expected ${formatAmount(amount, token)}, got ${formatAmount(purse.held, token)}: ${formatAmount(amount - purse.held, token)} short.`,
      `ETH cannot be wrapped into ${token.symbol}: get it elsewhere first.`,
    )
  }
  const { wrap } = fundingOf(amount, purse, token)
  const short = wrap + gas - purse.eth
  if (short <= 0n) return
  const held = token.isWeth && purse.held > 0n ? ` and ${formatAmount(purse.held, { ...token, isWeth: false })}` : ''
  const spendable = purse.held + (purse.eth > gas ? purse.eth - gas : 0n)
  const stakeable = token.isWeth && amount > 0n && spendable > 0n
  throw new InputError(
    `Expected ${wrap === 0n ? '' : `${formatAmount(wrap, ETHER)} to wrap and `}up to ${formatAmount(gas, ETHER)} for gas, ` +
      `got ${formatAmount(purse.eth, ETHER)}${held}: ${formatAmount(short, ETHER)} short.`,
    stakeable
      ? `Stake at most ${formatAmount(spendable, token)}, or send the account more ETH.`
      : 'Send the account more ETH.',
  )
}
