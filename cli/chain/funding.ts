import type { Purse } from '#client/bond-token.ts'
import { InputError } from '../errors.ts'
import { ETHER, formatAmount, type Token } from '../format.ts'

/** What must be there before an action: how much to wrap, and how much to allow; 0 = nothing to do. */
export type Funding = {
  readonly wrap: bigint
  readonly approve: bigint
  /** Whether what is allowed still must be taken back first: some tokens, as USDT, let nobody change one allowance into another. */
  readonly isReset: boolean
}

/**
 * What an action needs, base units of the bond token, wei of ether that go `along`, and wei for gas: `gas` is known to be needed,
 * `reserve` is what it comes to at its dearest. `verb` is what is done with it.
 */
export type Need = {
  readonly amount: bigint
  readonly along: bigint
  readonly gas: bigint
  readonly reserve: bigint
  readonly verb: string
}

/** What to wrap and to allow for `amount`: tokens that are held come first, and exactly what is missing is wrapped. */
export function fundingOf(amount: bigint, purse: Purse, token: Token): Funding {
  const missing = purse.held < amount ? amount - purse.held : 0n
  const approve = purse.allowance < amount ? amount : 0n
  return {
    wrap: token.isWeth ? missing : 0n,
    approve,
    isReset: !token.isWeth && approve > 0n && purse.allowance > 0n,
  }
}

/**
 * Throws InputError that says how much is missing: of the token, if ETH cannot be wrapped into it, or of ETH for what has
 * to be wrapped and for gas. Gas is never wrapped away, and what can be staked instead leaves the reserve.
 */
export function requireFunds({ amount, along, gas, reserve, verb }: Need, purse: Purse, token: Token): void {
  if (!token.isWeth && purse.held < amount) {
    throw new InputError(
      `Expected ${formatAmount(amount, token)}, got ${formatAmount(purse.held, token)}: ${formatAmount(amount - purse.held, token)} short.`,
      `ETH cannot be wrapped into ${token.symbol}: get it elsewhere first.`,
    )
  }
  const { wrap } = fundingOf(amount, purse, token)
  const short = wrap + along + gas - purse.eth
  if (short <= 0n) return
  const held =
    token.isWeth && along === 0n && purse.held > 0n
      ? ` and ${formatAmount(purse.held, { ...token, isWeth: false })}`
      : ''
  const spendable = purse.eth > reserve ? (along > 0n ? 0n : purse.held) + purse.eth - reserve : 0n
  const isGivable = token.isWeth && amount + along > 0n && spendable > 0n
  throw new InputError(
    `Expected ${wrap === 0n ? '' : `${formatAmount(wrap, ETHER)} to wrap and `}${along === 0n ? '' : `${formatAmount(along, ETHER)} to ${verb} and `}up to ${formatAmount(gas, ETHER)} for gas, ` +
      `got ${formatAmount(purse.eth, ETHER)}${held}: ${formatAmount(short, ETHER)} short.`,
    isGivable
      ? `${capitalised(verb)} at most ${formatAmount(spendable, token)}, or send the account more ETH.`
      : 'Send the account more ETH.',
  )
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
