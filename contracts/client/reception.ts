import { BaseError, HttpRequestError, TimeoutError } from 'viem'

/**
 * What an endpoint said to a signed transaction: it took it, had it already, knows that its nonce was used, has another
 * with this nonce that pays as much, or will not have it.
 */
export type Reception = 'taken' | 'known' | 'stale' | 'underpriced' | 'refused'

type Rejection = Exclude<Reception, 'taken'>

// Nodes agree on no codes, only nearly on words: geth, erigon, nethermind, besu, reth and anvil.
const RECEPTIONS: readonly (readonly [RegExp, Rejection])[] = [
  [/already known|already imported|already_?exists|known transaction|alreadyknown/i, 'known'],
  [/nonce too low|nonce is too low|oldnonce/i, 'stale'],
  [/underpriced|replacementnotallowed|fee too low|feetoolow|could not replace/i, 'underpriced'],
]
/** What an endpoint says of itself and not of the transaction: it may take it another time. */
const ABOUT_ITSELF =
  /rate limit|limit exceeded|too many requests|internal error|txpool is full|pool is full|timed? ?out|try again/i

/** What `error` says of a transaction that was handed over; undefined if nothing: the endpoint may have taken it. */
export function receptionOf(error: BaseError): Rejection | undefined {
  const text = textOf(error)
  const known = RECEPTIONS.find(([words]) => words.test(text))
  if (known !== undefined) return known[1]
  const dead = error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError)
  return dead !== null || ABOUT_ITSELF.test(text) ? undefined : 'refused'
}

/** What the endpoint itself said; what was sent, which viem repeats, left out. */
function textOf(error: BaseError): string {
  const root = error.walk()
  return `${error.details ?? ''} ${root instanceof BaseError ? root.details : root.message}`
}
