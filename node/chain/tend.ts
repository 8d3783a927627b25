import type { Address } from 'viem'
import type { Outlook } from '#client/transaction.ts'
import type { Halt } from '../ground/halt.ts'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { Slot } from '../store/slot.ts'
import type { ChainPort, Fate, PassingRefusal } from './port.ts'
import type { TransactionsComponents } from './transactions.ts'

export const HALTED = 'halted by the operator' satisfies PassingRefusal

/** What takes out what is ours, frees a nonce, or saves what a seat of a jury has at stake. */
const COLLECTING: ReadonlySet<Intent['action']> = new Set([
  'claim',
  'reward',
  'fill',
  'outbid',
  'commit',
  'reveal',
  'resolve',
  'withdraw',
])

/**
 * So many blocks at least it is known where something was mined, however few may be undone: an endpoint that is behind by fewer is noticed
 * by it.
 */
const LEAST_KEPT_BLOCKS = 16

/** Whether it is of no use but to stake, and so does not leave while nothing is to be staked. */
export function isStaking({ action, amount }: Pick<Intent, 'action' | 'amount'>): boolean {
  const isRevoking = action === 'approve' && amount === 0n
  return !COLLECTING.has(action) && !isRevoking
}

/** Only what collects is sent while the operator has stopped all new stake. */
export function vetoOf(plan: Pick<Intent, 'action' | 'amount'>, halt: Halt): string | undefined {
  return isStaking(plan) && halt.reason() !== undefined ? HALTED : undefined
}

/** Whether it may still be mined. */
export function isOpen({ state }: Intent): boolean {
  return state === 'signed'
}

/** The intent as it is once its newest version was signed. */
export function signedIntent(intent: Omit<Intent, 'state'>, slot: Slot): Intent {
  const { key, fixingId, action, kind, round, value, amount, at, deadline } = intent
  const plan = { key, fixingId, action, kind, round, value, amount, at, deadline }
  return { ...plan, state: 'signed', hash: slot.versions.at(-1)?.hash, nonce: slot.nonce, slot }
}

/**
 * Looks once after everything that is unfinished, in the order of nonces, as the chain looks now. What was mined is looked
 * at again with every block since the block `seen`, because a block can be undone.
 */
export async function sweep(
  components: TransactionsComponents,
  awaited: ReadonlySet<string>,
  outlook: Outlook,
  seen: bigint,
): Promise<void> {
  const { chain, intents } = components
  const unfinished = unfinishedOf(components)
  let isNext = true
  let failure: unknown
  for (const [i, intent] of unfinished.entries()) {
    if (!isOpen(intent) && outlook.number === seen) continue
    if (intent.nonce === undefined) {
      // Written by an older version before it was signed: nothing can have left.
      await intents.put({ ...intent, state: 'failed', reason: 'stopped before signing' })
      continue
    }
    try {
      const fate = await chain.pursue(slotOf(intent), {
        outlook,
        isNext,
        urgentTime: nearestDeadline(unfinished.slice(i)),
        veto: () => vetoOf(intent, components.halt),
        record: (slot) => replace(components, intent, slot),
      })
      if (fate.kind === 'pending') isNext = false
      await note(components, intent, fate, awaited)
      // After this look, however deep its block seemed before: the node may have been off while it was undone.
      const looked = intents.get(intent.key) ?? intent
      if (looked.block !== undefined && outlook.number >= looked.block + keptBlocks(components)) {
        await intents.put({ ...looked, slot: prunedOf(looked), block: undefined })
      }
    } catch (error) {
      // A signer that is down must not hide what became of the others.
      failure ??= error
      isNext = false
    }
  }
  if (failure !== undefined) throw failure
}

/** Those of another key, which this data_dir was used with before, are nobody's business any more. */
export function unfinishedOf({
  intents,
  chain,
}: {
  readonly intents: Pick<IntentTable, 'unfinished'>
  readonly chain: Pick<ChainPort, 'account'>
}): readonly Intent[] {
  if (chain.account === undefined) return []
  return intents.unfinished().filter((intent) => isOf(intent, chain.account))
}

/** Whether the key of `account` signed it, as far as is known. */
export function isOf({ slot }: Pick<Intent, 'slot'>, account: Address | undefined): boolean {
  return slot?.from === undefined || slot.from === account
}

function slotOf({ nonce = 0, slot, hash }: Intent): Slot {
  const old = hash === undefined ? [] : [{ hash, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, at: 0n }]
  return slot ?? { nonce, versions: old }
}

function keptBlocks({ confirmations }: TransactionsComponents): bigint {
  return BigInt(Math.max(confirmations, LEAST_KEPT_BLOCKS))
}

/** Enough to find it by, and to use its nonce up if its block was undone after all. */
function prunedOf({ slot }: Intent): Slot | undefined {
  if (slot === undefined) return undefined
  const versions = slot.versions.map((version) => ({ ...version, raw: undefined }))
  return { nonce: slot.nonce, from: slot.from, versions }
}

/** What waits for a nonce waits for all before it. */
function nearestDeadline(waiting: readonly Intent[]): bigint | undefined {
  const deadlines = waiting.filter(isOpen).flatMap(({ deadline }) => deadline ?? [])
  return deadlines.toSorted((a, b) => (a < b ? -1 : 1))[0]
}

async function replace({ intents, journal }: TransactionsComponents, intent: Intent, slot: Slot): Promise<void> {
  await intents.put(signedIntent(intent, slot))
  const { cancels, maxFeePerGas, maxPriorityFeePerGas } = slot.versions.at(-1) ?? {}
  const name = `The ${intent.action} with nonce ${slot.nonce}`
  const offer = `${maxFeePerGas} wei per gas, ${maxPriorityFeePerGas} of it a tip`
  await journal.write({
    stage: 'transaction',
    fixingId: intent.fixingId,
    action: cancels === undefined ? 'replace' : 'cancel',
    reason: cancels === undefined ? `${name} offers ${offer}.` : `${name}: ${cancels} A transfer offers ${offer}.`,
  })
}

/** Writes down what became of it, if that is news. */
async function note(
  { intents, journal }: TransactionsComponents,
  before: Intent,
  fate: Fate,
  awaited: ReadonlySet<string>,
): Promise<void> {
  const intent = intents.get(before.key) ?? before
  const { fixingId, action, nonce } = intent
  const say = (what: string, reason: string): Promise<void> =>
    journal.write({
      stage: 'transaction',
      fixingId,
      action: what,
      reason: `The ${action} with nonce ${nonce} ${reason}.`,
    })
  if (fate.kind === 'pending') {
    if (isOpen(before)) return
    await intents.put({ ...intent, state: 'signed', block: undefined, moved: undefined, reason: undefined })
    return say('undone', 'was mined in a block that is not part of the chain any more')
  }
  const { block, hash } = fate
  const isKnown = !isOpen(before) && block === before.block && hash === before.hash
  if (isKnown) return
  if (fate.kind === 'done')
    await intents.put({ ...intent, state: 'done', block, hash, moved: fate.moved, reason: undefined })
  else await intents.put(failedIntent(intent, fate))
  // Whoever waits for it says it in its own words.
  if (awaited.has(before.key)) return
  return fate.kind === 'done' ? say('mined', `was mined in block ${block}`) : say('failed', `failed: ${fate.reason}`)
}

function failedIntent(intent: Intent, { reason, block, hash }: Extract<Fate, { readonly kind: 'refused' }>): Intent {
  // Where another took the nonce there is nothing to look after any more.
  const slot = block === undefined ? undefined : intent.slot
  return { ...intent, state: 'failed', block, hash: hash ?? intent.hash, slot, moved: undefined, reason }
}
