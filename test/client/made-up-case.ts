import { encodeAbiParameters, getAbiItem, type Hex, toEventSelector } from 'viem'
import { juryArbitratorAbi as abi } from '#protocol/abi/jury-arbitrator.ts'
import type { Fixing } from '#protocol/fixing.ts'

const EVENT = getAbiItem({ abi, name: 'CaseOpened' })

/** What says in a contract's log that a case of `id` was opened there, with the parameters `fixing`, whosever they are. */
export function openingOf(id: Hex, fixing: Fixing): { readonly topics: readonly [Hex, Hex]; readonly data: Hex } {
  const [, ...shown] = EVENT.inputs
  return { topics: [toEventSelector(EVENT), id], data: encodeAbiParameters(shown, [0, 1n, fixing]) }
}
