import { isAboveSecured, type Security } from '#client/security.ts'
import { formatAmount, type Token } from '../format.ts'

const UNKNOWN = 'not known: the endpoint does not say'
const UNSURE = 'It is not known to be safe for what depends on it: ask another endpoint before you rely on it.'

/** What a fixing is safe for and what depends on it, for people. */
export function securityLines(security: Security, token: Token): string[] {
  const { securedUpTo, openInterest } = security
  const secured =
    securedUpTo === undefined
      ? UNKNOWN
      : `up to ${formatAmount(securedUpTo, token)}, by what its arbitrators say of themselves`
  const atStake = openInterest === undefined ? UNKNOWN : `${formatAmount(openInterest, token)} of open interest`
  return [`secured   ${secured}`, `at stake  ${atStake}`, ...securityWarnings(security, token)]
}

/** Why a careful user would not rely on a fixing, if there is a reason. */
export function securityWarnings(security: Security, token: Token): string[] {
  const { securedUpTo, openInterest, foreign } = security
  if (foreign.length > 0) {
    const [whose, are, they] = foreign.length > 1 ? ['Its arbitrators', 'are', 'they'] : [foreign.join(), 'is', 'it']
    return [`${whose} ${are} of another oracle: ${they} can never rule on it, and it is secured up to nothing.`]
  }
  if (isAboveSecured(security) && securedUpTo !== undefined && openInterest !== undefined) {
    return [
      `More depends on it than it is safe for: ${formatAmount(openInterest, token)}, secured up to ${formatAmount(securedUpTo, token)}.`,
    ]
  }
  if (securedUpTo === 0n) return ['Its arbitrators secure nothing: no vault takes collateral for it.']
  return isAboveSecured(security) ? [UNSURE] : []
}

/** The same for scripts: base units, null if not known. */
export function securityDocument({ securedUpTo, openInterest, foreign }: Security): Record<string, unknown> {
  const amounts = { securedUpTo: securedUpTo?.toString() ?? null, openInterest: openInterest?.toString() ?? null }
  return { ...amounts, ofAnotherOracle: foreign }
}
