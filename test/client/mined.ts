import { setTimeout as pause } from 'node:timers/promises'
import type { Hash, TransactionReceipt } from 'viem'
import type { Chain } from '#client/chain.ts'
import { orUndefined } from '#client/inclusion.ts'

/** Between two looks, milliseconds. */
const LOOK_EVERY_MS = 10

/**
 * The receipt of a transaction that an embedded chain was sent, once it is there: anvil says that it has one before it mines it.
 * Viem's own wait stops looking when the block comes while it looks for a replacement, and no other follows.
 */
export async function mined({ publicClient }: Pick<Chain, 'publicClient'>, hash: Hash): Promise<TransactionReceipt> {
  for (;;) {
    const receipt = await orUndefined(publicClient.getTransactionReceipt({ hash }))
    if (receipt !== undefined) return receipt
    await pause(LOOK_EVERY_MS)
  }
}
