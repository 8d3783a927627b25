import type { Reception } from '#client/reception.ts'

/** Which nonces no endpoint takes anything for. */
export interface Refused {
  /** What was said at block `number` to everything that was offered under the nonce. */
  note(nonce: number, number: bigint, receptions: readonly (Reception | 'unheard')[]): void
  /** Whether all have refused everything for so many blocks that it is no passing mood of a pool. */
  isSure(nonce: number, number: bigint): boolean
  /** The nonce was used. */
  forget(nonce: number): void
}

/** Sure after `blocks` blocks. */
export function refusedByAll(blocks: bigint): Refused {
  const since = new Map<number, bigint>()
  return {
    note(nonce, number, receptions) {
      if (receptions.some((reception) => reception !== 'refused')) since.delete(nonce)
      else if (!since.has(nonce)) since.set(nonce, number)
    },
    isSure(nonce, number) {
      const first = since.get(nonce)
      return first !== undefined && number >= first + blocks
    },
    forget: (nonce) => void since.delete(nonce),
  }
}
