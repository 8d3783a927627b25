import { isAboveSecured, type Security } from '#client/security.ts'
import { formatAmount, type Token } from '../format.ts'

const UNKNOWN = 'not known: the endpoint does not say'
const UNREADABLE =
  'Its open interest cannot be read: while that is so nobody can propose a value, and nothing should depend on it.'
const UNSURE = 'It is not known to be safe for what depends on it: ask another endpoint before you rely on it.'

/** What a fixing is safe for and what depends on it, for people. */
export function securityLines(security: Security, token: Token): string[] {
  const { securedUpTo, openInterest } = security
  const secured =
    securedUpTo === undefined
      ? UNKNOWN
      : `up to ${formatAmount(securedUpTo, token)}, by what its arbitrators say of themselves`
  return [
    `secured   ${secured}`,
    `at stake  ${openInterestText(openInterest, token)}`,
    ...securityWarnings(security, token),
  ]
}

function openInterestText(openInterest: Security['openInterest'], token: Token): string {
  if (openInterest === undefined) return UNKNOWN
  if (openInterest === 'unreadable') return 'not readable: the source of the open interest gives no number'
  return `${formatAmount(openInterest, token)} of open interest`
}

/** Why a careful user would not rely on a fixing, if there is a reason. */
export function securityWarnings(security: Security, token: Token): string[] {
  const { securedUpTo, openInterest, foreign } = security
  const unreadable = openInterest === 'unreadable' ? [UNREADABLE] : []
  if (foreign.length > 0) {
    const [whose, are, they] = foreign.length > 1 ? ['Its arbitrators', 'are', 'they'] : [foreign.join(), 'is', 'it']
    return [
      `${whose} ${are} of another oracle: ${they} can never rule on it, and it is secured up to nothing.`,
      ...unreadable,
    ]
  }
  if (isAboveSecured(security) && securedUpTo !== undefined && typeof openInterest === 'bigint') {
    return [
      `More depends on it than it is safe for: ${formatAmount(openInterest, token)}, secured up to ${formatAmount(securedUpTo, token)}.`,
    ]
  }
  if (securedUpTo === 0n) return ['Its arbitrators secure nothing: no vault takes collateral for it.', ...unreadable]
  if (unreadable.length > 0) return unreadable
  return isAboveSecured(security) ? [UNSURE] : []
}

/** The same for scripts: base units, null if not known, 'unreadable' for open interest whose source gives no number. */
export function securityDocument({ securedUpTo, openInterest, foreign }: Security): Record<string, unknown> {
  const amounts = { securedUpTo: securedUpTo?.toString() ?? null, openInterest: openInterest?.toString() ?? null }
  return { ...amounts, ofAnotherOracle: foreign }
}
