import type { BaseError } from 'viem'
import { answerOf } from './provider-failure.ts'

/**
 * What an endpoint said to a signed transaction: it took it, had it already, knows that its nonce was used, has another
 * with this nonce that pays as much, or will not have it.
 */
export type Reception = 'taken' | 'known' | 'stale' | 'underpriced' | 'refused'

type Rejection = Exclude<Reception, 'taken'>

// Nodes agree on no codes, only nearly on words: geth, erigon, nethermind, besu, reth and anvil.
const RECEPTIONS: readonly (readonly [RegExp, Rejection])[] = [
  [/already known|already imported|already_?exists|\bknown transaction|alreadyknown/i, 'known'],
  [/nonce too low|nonce is too low|oldnonce/i, 'stale'],
  [/underpriced|replacementnotallowed|fee too low|feetoolow|could not replace/i, 'underpriced'],
]
/** What a node finds wrong with the transaction itself, or with the account; whatever else is said may be said on its way to the node. */
const REFUSALS: readonly RegExp[] = [
  /insufficient[ _]?(?:funds|balance)|enough[ _]?funds|exceeds (?:account )?balance|overdraft/i,
  /intrinsic[ _]?gas|gas required exceeds|gas[ _]?limit[ _]?(?:exceeded|too)|exceeds (?:the )?(?:block )?gas[ _]?limit|out of gas/i,
  /nonce|future transaction tries to replace|delegated account/i,
  /base[ _]?fee|fee[ _]?cap|max(?:imum)?[ _]?(?:priority[ _]?)?fee|gas[ _]?price|exceeds the configured cap/i,
  /revert|vm exception|invalid opcode/i,
  /oversized|initcode|(?:transaction|data|tx) (?:is )?too (?:large|big)|maxtxsize/i,
  /signature|invalid sender|senderiscontract|not an eoa|chain[ _]?id|replay[ -]protected|transaction type|\brlp\b|decode (?:signed |raw )?(?:transaction|tx)/i,
]

/**
 * What `error` says of a transaction that was handed over; undefined if nothing: the endpoint may have taken it. Only an answer's own
 * words are read: the messages of a request that was lost repeat where it went, and what was sent.
 */
export function receptionOf(error: BaseError): Rejection | undefined {
  const answer = answerOf(error)
  if (answer === undefined) return undefined
  const known = RECEPTIONS.find(([words]) => words.test(answer.details))
  if (known !== undefined) return known[1]
  return REFUSALS.some((words) => words.test(answer.details)) ? 'refused' : undefined
}
