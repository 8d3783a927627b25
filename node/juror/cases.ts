import type { Address } from 'viem'
import { isAddressEqual } from 'viem/utils'
import type { ChainPort, Head } from '../chain/port.ts'
import type { JuryTable, KnownCase } from '../store/jury-table.ts'

/** What the log of a jury is read with. */
export type CasesComponents = {
  readonly chain: Pick<ChainPort, 'court'>
  readonly table: Pick<JuryTable, 'nextBlock' | 'extend' | 'cases'>
  readonly firstBlock: bigint
  /** Blocks that may still be undone: these are read again. */
  readonly confirmations: number
}

/** So many blocks at once: what was read is kept when a later part fails. */
const PART = 50_000n

/** The cases of `jury` that are not over, those of new blocks included. Throws DeadRpcError. */
export async function readCases(
  { chain, table, firstBlock, confirmations }: CasesComponents,
  jury: Address,
  head: Head,
): Promise<readonly KnownCase[]> {
  const court = chain.court(jury)
  let from = (await table.nextBlock(jury)) ?? firstBlock
  while (from <= head.number) {
    const to = from + PART - 1n < head.number ? from + PART - 1n : head.number
    const opened = await court.opened(from, to)
    const sure = head.number - BigInt(confirmations)
    const next = to + 1n < sure ? to + 1n : sure > from ? sure : from
    await table.extend(
      jury,
      opened.map(({ id, fixing, block }) => ({ jury, id, fixing, block })),
      next,
    )
    if (to === head.number) break
    from = to + 1n
  }
  const all = await table.cases()
  return all.filter((known) => isAddressEqual(known.jury, jury))
}
