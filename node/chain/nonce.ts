import type { Outlook } from '#client/transaction.ts'

/**
 * The nonce of the next transaction: the first that neither the chain has used, nor anything that waits there, nor any of
 * ours (`own`) that may still be mined, whether it waits there or not.
 */
export function nextNonce({ mined, pending }: Pick<Outlook, 'mined' | 'pending'>, own: ReadonlySet<number>): number {
  let nonce = Math.max(mined, pending)
  while (own.has(nonce)) nonce += 1
  return nonce
}
