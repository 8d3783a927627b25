import type { Intent } from '../store/intent-table.ts'
import type { IntentKeys } from './intent-keys.ts'
import { createStuckNonce, heldUp } from './outbid.ts'
import type { Strangers } from './strangers.ts'
import { isOpen, signedIntent, sweep, unfinishedOf } from './tend.ts'
import { noteStrangers, termsOf } from './terms.ts'
import type { TransactionsComponents } from './transactions.ts'

/** What a look works with. */
export type LookComponents = TransactionsComponents & { readonly keys: IntentKeys; readonly strangers: Strangers }

/** Why a nonce is used up. */
const REASONS = {
  // Nothing behind a nonce that is used by nobody is ever mined.
  fill: 'Nothing was signed with the next nonce, and transactions wait behind it: a transfer to itself uses it.',
  outbid:
    'A vote whose time runs out waits behind a transaction that this store does not know: a transfer to itself that offers more takes its nonce.',
} as const

/**
 * One look after everything that may still be mined, or undone, with every call: sees it through, and frees what waits behind a nonce that
 * is not used, or in time by something else. It throws DeadRpcError.
 */
export function createLook(components: LookComponents): () => Promise<void> {
  const { chain, keys, strangers } = components
  const stuckNonce = createStuckNonce()
  let seen = -1n
  return async () => {
    if (chain.account === undefined || (unfinishedOf(components).length === 0 && strangers.areNone())) return
    const outlook = await chain.outlook()
    await sweep(components, keys.awaited, outlook, seen)
    await noteStrangers(components, outlook)
    seen = outlook.number
    const unfinished = unfinishedOf(components)
    const cutOff = unfinished.find((intent) => isOpen(intent) && strangers.isCutOff(intent.nonce))
    if (cutOff !== undefined) await useUp(components, { action: 'fill', waiting: cutOff, at: outlook.time })
    const nonce = stuckNonce(strangers.first(), outlook.number)
    const vote = nonce === undefined ? undefined : heldUp(unfinished, nonce, outlook.time)
    if (vote !== undefined) await useUp(components, { action: 'outbid', nonce, waiting: vote, at: outlook.time })
  }
}

/** The use of a nonce, by default of the next one, that `waiting` waits behind. */
type Use = {
  readonly action: keyof typeof REASONS
  readonly nonce?: number | undefined
  readonly waiting: Pick<Intent, 'fixingId' | 'deadline'>
  /** Unix seconds. */
  readonly at: bigint
}

/** Uses a nonce up by a transfer to itself. */
async function useUp(
  components: LookComponents,
  { action, nonce, waiting: { fixingId, deadline }, at }: Use,
): Promise<void> {
  const { chain, intents, journal, keys } = components
  const plan = { fixingId, action, kind: 'stake', round: 0, value: 0n, amount: 0n, at, deadline } as const
  await journal.write({ stage: 'transaction', fixingId, action, reason: REASONS[action] })
  await chain.fillNonce({
    ...termsOf(components, plan),
    nonce,
    record: (slot) => intents.put(signedIntent({ ...plan, key: keys.next(fixingId) }, slot)),
  })
}
